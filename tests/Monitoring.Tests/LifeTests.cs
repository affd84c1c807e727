using Governance.Monitoring.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Governance.Monitoring.V1.LookUpHouseholdResponse.Types;

namespace Governance.Monitoring.Tests;

/// <summary>Births, deaths, and a household that has nobody left.</summary>
public sealed class LifeTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    AsyncUnaryCall<V1.Household> Remove(V1.Household household, int member, RemovalReason reason, string date = "", string successor = "",
        params MemberRelation[] relations) => monitoring.Households().RemoveMemberAsync(new RemoveMemberRequest
    {
        HouseholdId = household.Id, MemberId = household.Members[member].Id, Reason = reason, Date = date, SuccessorId = successor, Relations = { relations },
    });

    static V1.Member Newborn(string certificate = "Q610000001") => new()
    {
        Name = "赵例宝", BirthCertificateNumber = certificate, BirthDate = "2024-03-20", Gender = V1.Gender.Female, Relation = Relation.Daughter,
    };

    AsyncUnaryCall<V1.Household> Add(string household, V1.Member member, string? id = null) => monitoring.Households().AddMemberAsync(
        new AddMemberRequest { HouseholdId = household, MemberId = id ?? MonitoringFixture.NewId(), Member = member });

    [Fact]
    public async Task A_newborn_comes_by_birth_certificate_and_gets_its_identity_number_once()
    {
        var household = await monitoring.Register();
        var id = MonitoringFixture.NewId();
        await Add(household.Id, Newborn("q610000001"), id);
        var born = (await Add(household.Id, Newborn(), id)).Members.Single(member => member.Id == id);
        Assert.Equal(("******0001", "", "2024-03-20", V1.Gender.Female, "2024-05-01", "monitoring.newborn_identity.days"),
            (born.BirthCertificateNumber, born.IdentityNumber, born.BirthDate, born.Gender, born.IdentityDueDate, born.IdentityDueCitation.PolicyId));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.RegisteredAlready.Code), await MonitoringFixture.Refused(Add((await monitoring.Register()).Id, Newborn())));
        var elsewhere = monitoring.NewHousehold();
        (elsewhere.Division, elsewhere.SettlementId) = ("619902100001", "");
        elsewhere = await monitoring.Register(elsewhere);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.RegisteredElsewhere.Code), await MonitoringFixture.Refused(
            monitoring.Households(MonitoringFixture.Neighbour).AddMemberAsync(new AddMemberRequest { HouseholdId = elsewhere.Id, MemberId = MonitoringFixture.NewId(), Member = Newborn() })));

        Assert.Equal((StatusCode.FailedPrecondition, Rules.IdentityAgrees.Code), await MonitoringFixture.Refused(Complete(id, Number("20240321", "022"))));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.IdentityAgrees.Code), await MonitoringFixture.Refused(Complete(id, Number("20240320", "031"))));
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Complete(id, "619901202403200021"))).Status);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.IdentityKnown.Code),
            await MonitoringFixture.Refused(Complete(household.Members[0].Id, Number("20240320", "022"))));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Households(MonitoringFixture.Neighbour).CompleteIdentityAsync(
            new CompleteIdentityRequest { HouseholdId = household.Id, MemberId = id, IdentityNumber = Number("20240320", "022") }))).Status);

        var completed = await Complete(id, Number("20240320", "022"));
        Assert.Equal(completed, await Complete(id, Number("20240320", "022")));
        var child = completed.Members.Single(member => member.Id == id);
        Assert.Equal(($"**************{Number("20240320", "022")[^4..]}", "", ""), (child.IdentityNumber, child.BirthCertificateNumber, child.IdentityDueDate));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.IdentityKnown.Code), await MonitoringFixture.Refused(Complete(id, Number("20240320", "042"))));
        Assert.Equal(id, (await monitoring.Households().LookUpHouseholdAsync(new LookUpHouseholdRequest { IdentityNumber = Number("20240320", "022") })).MemberId);

        AsyncUnaryCall<V1.Household> Complete(string member, string number) => monitoring.Households().CompleteIdentityAsync(
            new CompleteIdentityRequest { HouseholdId = household.Id, MemberId = member, IdentityNumber = number });
    }

    /// <summary>A number of nobody, with a right check character.</summary>
    static string Number(string birth, string sequence) =>
        $"619901{birth}{sequence}{Platform.Personal.IdentityNumber.CheckCharacter($"619901{birth}{sequence}")}";

    [Fact]
    public async Task A_child_is_not_registered_by_certificate_and_by_identity_number()
    {
        var head = monitoring.NewMember();
        var household = await monitoring.Register(monitoring.NewHousehold(head));
        var id = MonitoringFixture.NewId();
        await Add(household.Id, Newborn("Q610000004"), id);
        var identified = Newborn("");
        identified.IdentityNumber = Number("20240320", "182");
        Assert.Equal((StatusCode.FailedPrecondition, Rules.NewbornTwice.Code), await MonitoringFixture.Refused(Add(household.Id, identified)));
        Assert.Contains((await Import($"{identified.IdentityNumber},,,")).Errors, error => error.Line == 3 && error.Rule == Rules.NewbornTwice.Code);

        await monitoring.Households().CompleteIdentityAsync(new CompleteIdentityRequest { HouseholdId = household.Id, MemberId = id, IdentityNumber = identified.IdentityNumber });
        Assert.Equal((StatusCode.FailedPrecondition, Rules.NewbornTwice.Code), await MonitoringFixture.Refused(Add(household.Id, Newborn("Q610000004"))));
        // A file that was exported before is not taken in as another child.
        Assert.Contains((await Import(",Q610000004,2024-03-20,女")).Errors, error => error.Line == 3 && error.Rule == Rules.NewbornTwice.Code);
        Assert.Equal(1, (await Import($"{identified.IdentityNumber},,,")).Unchanged);
        var twin = Newborn("Q610000005");
        twin.Name = "赵例贝";
        Assert.Equal(3, (await Add(household.Id, twin)).MemberCount);

        Task<Common.V1.ImportReport> Import(string child) => monitoring.ImportHouseholds(
            $"户编号,现居行政区划,安置点编号,户类别,住房安全等级,饮水安全,劳动能力,医疗保险,是否就业,姓名,与户主关系,身份证号码,出生医学证明编号,出生日期,性别\n" +
            $"{household.Number},{household.Division},{household.SettlementId},脱贫户,A,安全,普通劳动力,居民医保,是,{head.Name},户主,{head.IdentityNumber},,,\n" +
            $"{household.Number},{household.Division},{household.SettlementId},脱贫户,A,安全,,,,赵例宝,女儿,{child}\n", MonitoringFixture.County);
    }

    public static TheoryData<string, string> Births => new()
    {
        { "birth_certificate_number", "NOT_A_BIRTH_CERTIFICATE" }, { "both", "EITHER_NUMBER" }, { "birth_date", "IN_THE_FUTURE" }, { "old", "BEFORE_CERTIFICATES" },
        { "gender", "NOT_A_CHOICE" }, { "no_date", "NOT_A_DATE" },
    };

    [Theory]
    [MemberData(nameof(Births))]
    public async Task A_birth_is_registered_as_its_certificate_has_it(string wrong, string code)
    {
        var member = Newborn("Q610000009");
        switch (wrong)
        {
            case "birth_certificate_number": member.BirthCertificateNumber = "61000000Q9"; break;
            case "both": member.IdentityNumber = monitoring.NewPerson(); break;
            case "birth_date": member.BirthDate = "2024-04-02"; break;
            case "old": member.BirthDate = "1995-12-31"; break;
            case "gender": member.Gender = V1.Gender.Unspecified; break;
            default: member.BirthDate = ""; break;
        }
        Assert.Equal((StatusCode.InvalidArgument, code), await MonitoringFixture.Refused(Add((await monitoring.Register()).Id, member)));
    }

    [Fact]
    public async Task A_newborn_without_identity_number_is_told_once_its_day_went_by_and_listed()
    {
        var household = await monitoring.Register(monitoring.NewHousehold(monitoring.NewMember(), Newborn("Q610000002")));
        var child = household.Members.Single(member => member.IdentityDueDate.Length > 0);
        Assert.DoesNotContain(household.Id, await Listed());
        var clock = monitoring.Services.GetRequiredService<RegistryClock>();
        monitoring.Clock.Advance(TimeSpan.FromDays(31));
        await clock.Tick(TestContext.Current.CancellationToken);
        await clock.Tick(TestContext.Current.CancellationToken);
        var told = Assert.Single(await monitoring.Events("governance.monitoring.v1.IdentityOverdue"), @event => @event.GetProperty("subject").GetString() == child.Id);
        Assert.Equal(household.Id, told.GetProperty("data").GetProperty("householdId").GetString());
        Assert.Contains(household.Id, await Listed());
        // To tell is no change of the household.
        var revision = Assert.Single((await monitoring.Households().ListHouseholdRevisionsAsync(new ListHouseholdRevisionsRequest { HouseholdId = household.Id })).Revisions);
        Assert.Equal(household.Members, revision.Household.Members);
        Assert.Equal(2, revision.MemberChanges.Count);
        monitoring.Clock.Advance(TimeSpan.FromDays(-31));

        async Task<List<string>> Listed() =>
            [.. (await monitoring.Households().ListHouseholdsAsync(new ListHouseholdsRequest { IdentityOverdue = true })).Households.Select(other => other.Id)];
    }

    [Fact]
    public async Task A_householder_who_dies_is_followed_by_another_in_the_same_call()
    {
        var household = await monitoring.Register(monitoring.NewHousehold(
            monitoring.NewMember(), monitoring.NewMember(Relation.Spouse), monitoring.NewMember(Relation.Parent, 1950)));
        var (spouse, parent) = (household.Members[1].Id, household.Members[2].Id);

        Assert.Equal((StatusCode.FailedPrecondition, Rules.HouseholderStays.Code), await MonitoringFixture.Refused(Remove(household, 0, RemovalReason.Died, "2024-03-30")));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.LeavesAfterBirth.Code), await MonitoringFixture.Refused(Remove(household, 0, RemovalReason.Died, "1979-12-31", spouse)));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Remove(household, 0, RemovalReason.Died, "2024-03-30", household.Members[0].Id))).Status);
        Assert.Equal(1L, (await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id })).Version);

        var after = await Remove(household, 0, RemovalReason.Died, "2024-03-30", spouse, new MemberRelation { MemberId = parent, Relation = Relation.Other });
        Assert.Equal([(spouse, Relation.Householder), (parent, Relation.Other)], after.Members.Select(member => (member.Id, member.Relation)));
        var change = (await monitoring.Households().ListHouseholdRevisionsAsync(new ListHouseholdRevisionsRequest { HouseholdId = household.Id }))
            .Revisions[0].MemberChanges.Single(change => change.MemberId == household.Members[0].Id);
        Assert.Equal((RemovalReason.Died, "2024-03-30"), (change.RemovalReason, change.RemovalDate));
    }

    [Theory]
    [InlineData(RemovalReason.Died, "")]
    [InlineData(RemovalReason.Died, "2024-04-02")]
    [InlineData(RemovalReason.MovedOut, "2024-13-01")]
    [InlineData(RemovalReason.Unspecified, "2024-03-30")]
    public async Task A_member_leaves_for_a_reason_on_a_day_that_has_come(RemovalReason reason, string date)
    {
        var household = await monitoring.Register(monitoring.NewHousehold(monitoring.NewMember(), monitoring.NewMember(Relation.Spouse)));
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Remove(household, 1, reason, date))).Status);
    }

    [Fact]
    public async Task Relations_name_no_householder()
    {
        var household = await monitoring.Register(monitoring.NewHousehold(monitoring.NewMember(), monitoring.NewMember(Relation.Spouse)));
        Assert.Equal((StatusCode.InvalidArgument, "ONE_HOUSEHOLDER"), await MonitoringFixture.Refused(Remove(household, 0, RemovalReason.Died, "2024-03-30",
            household.Members[1].Id, new MemberRelation { MemberId = household.Members[1].Id, Relation = Relation.Householder })));
    }

    [Fact]
    public async Task With_its_last_member_a_household_is_closed_and_seen_by_its_past_alone()
    {
        var person = monitoring.NewMember();
        var household = await monitoring.Register(monitoring.NewHousehold(person));
        var clue = await monitoring.Report(household.Id);
        clue = await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = clue.Id, Kind = MonitoredKind.Unstable });
        Assert.Equal((StatusCode.FailedPrecondition, Rules.DecisionPending.Code), await MonitoringFixture.Refused(Remove(household, 0, RemovalReason.Died, "2024-03-30")));
        await monitoring.ActToTheEnd(clue.ProcedureId, Common.V1.Outcome.Reject);
        var waiting = await monitoring.Report(household.Id);

        var closed = await Remove(household, 0, RemovalReason.Died, "2024-03-30");
        Assert.Equal(("2024-04-01", 0, 2L), (closed.CloseDate, closed.MemberCount, closed.Version));
        Assert.Equal(closed, await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id }));
        Assert.Empty((await monitoring.Households().ListHouseholdsAsync(new ListHouseholdsRequest { Number = household.Number })).Households);
        Assert.Equal(ClueState.Lapsed, (await monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = waiting.Id })).State);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Households(MonitoringFixture.Neighbour)
            .GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id }))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Clues().ReportClueAsync(new ReportClueRequest
        {
            ClueId = MonitoringFixture.NewId(), Clue = new V1.Clue { HouseholdId = household.Id, Source = ClueSource.Sweep, Description = "x" },
        }))).Status);
        Assert.Equal(Registration.None, (await monitoring.Households().LookUpHouseholdAsync(
            new LookUpHouseholdRequest { IdentityNumber = person.IdentityNumber })).Registration);

        var revisions = (await monitoring.Households().ListHouseholdRevisionsAsync(new ListHouseholdRevisionsRequest { HouseholdId = household.Id })).Revisions;
        Assert.Equal([2L, 1], revisions.Select(revision => revision.Household.Version));
        Assert.Equal((RemovalReason.Died, "2024-03-30"), (revisions[0].MemberChanges[0].RemovalReason, revisions[0].MemberChanges[0].RemovalDate));
        var told = Assert.Single(await monitoring.Events("governance.monitoring.v1.HouseholdClosed"), @event => @event.GetProperty("subject").GetString() == household.Id);
        Assert.Equal(("2024-04-01", "2"), (told.GetProperty("data").GetProperty("closeDate").GetString(), told.GetProperty("sequence").GetString()));
    }
}
