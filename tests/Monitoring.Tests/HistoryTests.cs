using Google.Protobuf.WellKnownTypes;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;
using Xunit;
using static Governance.Monitoring.V1.MemberChange.Types;

namespace Governance.Monitoring.Tests;

/// <summary>Who changed what of a household, and what it was on a past day.</summary>
public sealed class HistoryTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    const string NeighbourVillage = "619902100001";

    string Today => Governance.Platform.Calendar.Format(Governance.Platform.Calendar.DateOf(monitoring.Clock.GetUtcNow()));

    void NextDay() => monitoring.Clock.Advance(TimeSpan.FromDays(1));

    AsyncUnaryCall<V1.Household> Get(string id, string asOf = "", string division = MonitoringFixture.County) =>
        monitoring.Households(division).GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = id, AsOfDate = asOf });

    async Task<IList<HouseholdRevision>> Revisions(string id, string division = MonitoringFixture.County) =>
        (await monitoring.Households(division).ListHouseholdRevisionsAsync(new ListHouseholdRevisionsRequest { HouseholdId = id })).Revisions;

    [Fact]
    public async Task A_household_is_read_as_it_was_on_a_past_day_with_its_members_and_standing()
    {
        var registered = await monitoring.Register(monitoring.NewHousehold(monitoring.NewMember(), monitoring.NewMember(Relation.Spouse)));
        var first = Today;
        NextDay();
        var clue = await monitoring.Report(registered.Id);
        clue = await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = clue.Id, Kind = MonitoredKind.Unstable });
        await monitoring.ActToTheEnd(clue.ProcedureId, Common.V1.Outcome.Approve);
        await Change(DwellingGrade.C);
        var second = Today;
        NextDay();
        var spouse = registered.Members.Single(member => member.Relation == Relation.Spouse);
        await monitoring.Households().UpdateMemberAsync(new UpdateMemberRequest { HouseholdId = registered.Id,
            Member = new V1.Member { Id = spouse.Id, Employed = false }, UpdateMask = FieldMask.FromString("employed") });
        await Change(DwellingGrade.A);
        NextDay();
        var now = await monitoring.Households().RemoveMemberAsync(new RemoveMemberRequest { HouseholdId = registered.Id, MemberId = spouse.Id,
            Reason = RemovalReason.MarriedOut });

        Assert.Equal(registered, await Get(registered.Id, first));
        var then = await Get(registered.Id, second);
        Assert.Equal((DwellingGrade.C, MonitoredKind.Unstable, second, 2), (then.DwellingGrade, then.MonitoredKind, then.MonitoredDate, then.MemberCount));
        Assert.Equal(registered.Members, then.Members);
        Assert.Equal(now, await Get(registered.Id, Today));
        Assert.Equal(now, await Get(registered.Id));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Get(registered.Id, "2024-03-31"))).Status);

        Task Change(DwellingGrade grade) => monitoring.Households().UpdateHouseholdAsync(new UpdateHouseholdRequest
        {
            Household = new V1.Household { Id = registered.Id, DwellingGrade = grade }, UpdateMask = FieldMask.FromString("dwelling_grade"),
        }).ResponseAsync;
    }

    [Fact]
    public async Task Every_change_tells_who_made_it_and_what_it_changed_and_no_name_or_number()
    {
        var household = await monitoring.Register();
        var other = monitoring.NewMember(Relation.Spouse);
        var id = MonitoringFixture.NewId();
        var officer = new V1.Households.HouseholdsClient(monitoring.AsNamed("li.officer", MonitoringFixture.County, "households.write", "households.read"));
        await officer.AddMemberAsync(new AddMemberRequest { HouseholdId = household.Id, MemberId = id, Member = other });
        await officer.UpdateMemberAsync(new UpdateMemberRequest { HouseholdId = household.Id, Member = new V1.Member { Id = id, Name = "钱例二", Relation = Relation.Householder },
            UpdateMask = FieldMask.FromString("name,relation") });
        await officer.UpdateHouseholdAsync(new UpdateHouseholdRequest { Household = new V1.Household { Id = household.Id, Room = "501", WaterSafety = WaterSafety.Unsafe },
            UpdateMask = FieldMask.FromString("room,water_safety") });
        await officer.RemoveMemberAsync(new RemoveMemberRequest { HouseholdId = household.Id, MemberId = household.Members[0].Id, Reason = RemovalReason.MovedOut,
            Date = Today });

        var revisions = await Revisions(household.Id);
        Assert.Equal([5L, 4, 3, 2, 1], revisions.Select(revision => revision.Household.Version));
        Assert.Equal(["RemoveMember", "UpdateHousehold", "UpdateMember", "AddMember", "RegisterHousehold"], revisions.Select(revision => revision.Action.Split('/')[^1]));
        Assert.Equal(["li.officer", "li.officer", "li.officer", "li.officer", "tester"], revisions.Select(revision => revision.ActorName));
        Assert.Equal(["room", "water_safety"], revisions[1].ChangedFields);
        Assert.Equal((Kind.Removed, RemovalReason.MovedOut, household.Members[0].Id, Today), Of(Assert.Single(revisions[0].MemberChanges)));
        Assert.Equal(["name", "relation"], revisions[2].MemberChanges.Single(change => change.MemberId == id).ChangedFields);
        Assert.Equal(["relation"], revisions[2].MemberChanges.Single(change => change.MemberId != id).ChangedFields);
        Assert.Equal((Kind.Added, id), (Assert.Single(revisions[3].MemberChanges).Kind, revisions[3].MemberChanges[0].MemberId));
        Assert.Equal(2, revisions[3].Household.Members.Count);
        Assert.Empty(revisions[4].ChangedFields);
        Assert.DoesNotContain(revisions, revision => revision.ToString().Contains('例')
            || revision.ToString().Contains(other.IdentityNumber, StringComparison.Ordinal));

        var request = new ListHouseholdRevisionsRequest { HouseholdId = household.Id, PageSize = 2 };
        var pages = new List<HouseholdRevision>();
        do
        {
            var page = await monitoring.Households().ListHouseholdRevisionsAsync(request);
            pages.AddRange(page.Revisions);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(revisions, pages);

        static (Kind, RemovalReason, string, string) Of(MemberChange change) => (change.Kind, change.RemovalReason, change.MemberId, change.RemovalDate);
    }

    [Fact]
    public async Task An_import_keeps_what_it_replaces_in_one_version()
    {
        var rows = SampleCounty.HouseholdRows(30).ToList();
        await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader, rows));
        var number = rows[0].Split(',')[0];
        var before = (await monitoring.Households("61").ListHouseholdsAsync(new ListHouseholdsRequest { Number = number })).Households.Single();
        var day = Today;
        Assert.Single(await Revisions(before.Id, "61"));
        NextDay();
        await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader, rows.ConvertAll(row =>
        {
            var cells = row.Split(',');
            (cells[10], cells[14]) = ("改1", "赵改改");
            return string.Join(',', cells);
        })));

        var revisions = await Revisions(before.Id, "61");
        Assert.Equal([2L, 1], revisions.Select(revision => revision.Household.Version));
        Assert.Equal(["room"], revisions[0].ChangedFields.Except(["householder"]));
        Assert.All(revisions[0].MemberChanges, change => Assert.Equal(["name"], change.ChangedFields));
        Assert.Equal("ImportHouseholds", revisions[0].Action.Split('/')[^1]);
        Assert.Equal(before.Room, (await Get(before.Id, day, "61")).Room);
    }

    [Fact]
    public async Task Where_a_household_lived_its_past_is_seen_and_where_it_lives_all_of_it()
    {
        var household = await monitoring.Register();
        var there = Today;
        NextDay();
        await monitoring.Households("61").MoveHouseholdAsync(new MoveHouseholdRequest { HouseholdId = household.Id, Division = NeighbourVillage });
        NextDay();
        await monitoring.Households("61").UpdateHouseholdAsync(new UpdateHouseholdRequest { Household = new V1.Household { Id = household.Id, Room = "9" },
            UpdateMask = FieldMask.FromString("room") });

        Assert.Equal([3L, 2, 1], (await Revisions(household.Id, MonitoringFixture.Neighbour)).Select(revision => revision.Household.Version));
        Assert.Equal(household, await Get(household.Id, there, MonitoringFixture.Neighbour));

        Assert.Equal([1L], (await Revisions(household.Id)).Select(revision => revision.Household.Version));
        Assert.Equal(household, await Get(household.Id, there));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Get(household.Id))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Get(household.Id, Today))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Get(household.Id, there, "619903"))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Households("619903").ListHouseholdRevisionsAsync(
            new ListHouseholdRevisionsRequest { HouseholdId = household.Id }))).Status);
    }

    [Theory]
    [InlineData("2024-02-30")]
    [InlineData("yesterday")]
    [InlineData("2099-01-01")]
    public async Task A_day_to_read_as_of_is_a_real_one_up_to_today(string day) =>
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Get(MonitoringFixture.NewId(), day))).Status);

    [Fact]
    public async Task A_page_of_revisions_begins_where_the_one_before_ended()
    {
        var household = await monitoring.Register();
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(monitoring.Households().ListHouseholdRevisionsAsync(
            new ListHouseholdRevisionsRequest { HouseholdId = household.Id, PageToken = "eA" }))).Status);
    }
}
