using Governance.Monitoring.V1;
using Grpc.Core;
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
