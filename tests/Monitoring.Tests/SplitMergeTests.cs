using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;
using static Governance.Monitoring.V1.MemberChange.Types;

namespace Governance.Monitoring.Tests;

/// <summary>Households that become two, and two that become one.</summary>
public sealed class SplitMergeTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    async Task<V1.Household> Family() => await monitoring.Register(monitoring.NewHousehold(
        monitoring.NewMember(), monitoring.NewMember(Relation.Son, 1995), monitoring.NewMember(Relation.Other, 1996)));

    static SplitHouseholdRequest Leave(V1.Household household, params int[] leaving) => new()
    {
        HouseholdId = household.Id,
        NewHouseholdId = MonitoringFixture.NewId(),
        Number = $"{household.Number}-2",
        MemberIds = { leaving.Select(index => household.Members[index].Id) },
        HouseholderId = household.Members[leaving[0]].Id,
        Relations = { leaving.Skip(1).Select(index => new MemberRelation { MemberId = household.Members[index].Id, Relation = Relation.Spouse }) },
    };

    async Task<IList<HouseholdRevision>> Revisions(string household) =>
        (await monitoring.Households().ListHouseholdRevisionsAsync(new ListHouseholdRevisionsRequest { HouseholdId = household })).Revisions;

    AsyncUnaryCall<V1.Household> Merge(string household, string absorbed, string division = MonitoringFixture.County, params MemberRelation[] relations) =>
        monitoring.Households(division).MergeHouseholdsAsync(new MergeHouseholdsRequest { HouseholdId = household, AbsorbedHouseholdId = absorbed, Relations = { relations } });

    [Fact]
    public async Task Who_leaves_a_household_forms_another_and_both_know_of_it()
    {
        var household = await Family();
        var request = Leave(household, 1, 2);
        var split = await monitoring.Households().SplitHouseholdAsync(request);
        Assert.Equal(split, await monitoring.Households().SplitHouseholdAsync(request));
        Assert.Equal((1, 2L, 2, 1L), (split.Household.MemberCount, split.Household.Version, split.NewHousehold.MemberCount, split.NewHousehold.Version));
        Assert.Equal([(household.Members[1].Id, Relation.Householder), (household.Members[2].Id, Relation.Spouse)],
            split.NewHousehold.Members.Select(member => (member.Id, member.Relation)));
        Assert.Equal((household.Division, household.SettlementId, household.Category, household.DwellingGrade),
            (split.NewHousehold.Division, split.NewHousehold.SettlementId, split.NewHousehold.Category, split.NewHousehold.DwellingGrade));

        Assert.All((await Revisions(household.Id))[0].MemberChanges, change => Assert.Equal((Kind.Removed, request.NewHouseholdId), (change.Kind, change.OtherHouseholdId)));
        Assert.Equal(2, (await Revisions(household.Id))[0].MemberChanges.Count);
        Assert.All((await Revisions(request.NewHouseholdId))[0].MemberChanges, change => Assert.Equal((Kind.Added, household.Id), (change.Kind, change.OtherHouseholdId)));
        Assert.Equal([("HouseholdRegistered", household.Id), ("HouseholdRegistered", request.NewHouseholdId), ("HouseholdSplit", household.Id)],
            (await monitoring.Events()).Select(@event => (Type: @event.GetProperty("type").GetString()!.Split('.')[^1], Subject: @event.GetProperty("subject").GetString()!))
                .Where(@event => @event.Subject == household.Id || @event.Subject == request.NewHouseholdId));

        request.Number = "T-OTHER";
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"), await MonitoringFixture.Refused(monitoring.Households().SplitHouseholdAsync(request)));
    }

    [Fact]
    public async Task A_split_clears_no_risk_and_leaves_the_quarters_where_they_were()
    {
        var household = await monitoring.Monitored(monitoring.NewHousehold(monitoring.NewMember(), monitoring.NewMember(Relation.Son, 1995)));
        await monitoring.RecordYear(household.Id, 450_000);
        monitoring.Clock.Advance(TimeSpan.FromDays(1));
        var split = await monitoring.Households().SplitHouseholdAsync(Leave(household, 1));
        monitoring.Clock.Advance(TimeSpan.FromDays(-1));
        Assert.Equal((MonitoredKind.Unstable, "2024-04-01"), (split.NewHousehold.MonitoredKind, split.NewHousehold.MonitoredDate));
        Assert.Equal((MonitoredKind.Unstable, "2024-04-01"), (split.Household.MonitoredKind, split.Household.MonitoredDate));
        var due = await monitoring.Database.Query<DateOnly>($"select plan_due_date from households where id = '{split.NewHousehold.Id}'");
        Assert.Equal([new DateOnly(2024, 4, 12)], due);
        Assert.Equal(4, (await monitoring.Incomes().ListIncomesAsync(new ListIncomesRequest { HouseholdId = household.Id })).Incomes.Count);
        Assert.Empty((await monitoring.Incomes().ListIncomesAsync(new ListIncomesRequest { HouseholdId = split.NewHousehold.Id })).Incomes);
    }

    [Fact]
    public async Task What_belongs_to_a_member_goes_along()
    {
        var household = await Family();
        var doctors = new V1.FamilyDoctors.FamilyDoctorsClient(monitoring.Officer());
        var illness = await doctors.RegisterIllnessAsync(new RegisterIllnessRequest
        {
            IllnessId = MonitoringFixture.NewId(),
            Illness = new V1.Illness { MemberId = household.Members[1].Id, Disease = MajorDisease.Stroke, DiagnosedDate = "2024-03-01" },
        });
        var split = await monitoring.Households().SplitHouseholdAsync(Leave(household, 1));
        Assert.Equal([Guid.Parse(split.NewHousehold.Id)],
            await monitoring.Database.Query<Guid>($"select household_id from illnesses where id = '{illness.Id}'"));

        // A table that knows a member and its household either follows the member or keeps what was.
        Assert.Equal([], await monitoring.Database.Query<string>(
            """
            select member.table_name::text
            from information_schema.columns as member join information_schema.columns as household using (table_schema, table_name)
            join information_schema.tables using (table_schema, table_name)
            where table_schema = 'public' and table_type = 'BASE TABLE' and member.column_name = 'member_id' and household.column_name = 'household_id'
              and table_name not like '%_history'
              and not exists (select from pg_trigger where tgrelid = 'members'::regclass and tgname = table_name || '_follow')
            """));
    }

    [Fact]
    public async Task A_split_keeps_the_householder_and_takes_free_numbers_and_own_members()
    {
        var household = await Family();
        Assert.Equal((StatusCode.FailedPrecondition, Rules.SplitStays.Code), await Refused(Leave(household, 0, 1)));
        var stranger = Leave(household, 1);
        stranger.MemberIds.Add(MonitoringFixture.NewId());
        Assert.Equal(StatusCode.NotFound, (await Refused(stranger)).Status);
        var notLeaving = Leave(household, 1);
        notLeaving.HouseholderId = household.Members[2].Id;
        Assert.Equal((StatusCode.FailedPrecondition, Rules.SplitHouseholder.Code), await Refused(notLeaving));
        var taken = Leave(household, 1);
        taken.Number = household.Number;
        Assert.Equal(StatusCode.AlreadyExists, (await Refused(taken)).Status);
        taken.Number = "户";
        Assert.Equal(StatusCode.InvalidArgument, (await Refused(taken)).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(
            monitoring.Households(MonitoringFixture.Neighbour).SplitHouseholdAsync(Leave(household, 1)))).Status);
        await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = (await monitoring.Report(household.Id)).Id, Kind = MonitoredKind.Unstable });
        Assert.Equal((StatusCode.FailedPrecondition, Rules.DecisionPending.Code), await Refused(Leave(household, 1)));
        Assert.Equal(household, await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id }));

        async Task<(StatusCode Status, string)> Refused(SplitHouseholdRequest request) =>
            await MonitoringFixture.Refused(monitoring.Households().SplitHouseholdAsync(request));
    }

    [Theory]
    [InlineData(false, ClueState.Open)]
    [InlineData(true, ClueState.Identified)]
    public async Task A_waiting_clue_goes_along_and_waits_for_nobody_where_the_household_is_monitored(bool monitored, ClueState state)
    {
        var here = monitored ? await monitoring.Monitored() : await monitoring.Register();
        var there = await monitoring.Register();
        var clue = await monitoring.Report(there.Id);
        await Merge(here.Id, there.Id);
        var moved = await monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = clue.Id });
        Assert.Equal((here.Id, state), (moved.HouseholdId, moved.State));
    }

    [Fact]
    public async Task Households_that_merge_add_up_and_the_one_that_ends_is_closed()
    {
        var here = await monitoring.Register();
        var there = await monitoring.Monitored(monitoring.NewHousehold(monitoring.NewMember(), monitoring.NewMember(Relation.Son, 1995)));
        await monitoring.RecordYear(here.Id, 300_000);
        await monitoring.Incomes().RecordIncomeAsync(new RecordIncomeRequest { HouseholdId = there.Id, Income = new V1.Income { Year = 2024, Quarter = 1, WageFen = 600_000 } });
        var plan = await monitoring.Plans().EnterPlanAsync(new EnterPlanRequest { PlanId = MonitoringFixture.NewId(), Plan = MonitoringFixture.NewPlan(there.Id) });
        var clue = await monitoring.Report(here.Id);

        var son = there.Members.Single(member => member.Relation == Relation.Son).Id;
        var merged = await Merge(here.Id, there.Id, relations: new MemberRelation { MemberId = son, Relation = Relation.Sibling });
        Assert.Equal((3, 2L, MonitoredKind.Unstable, "2024-04-01"), (merged.MemberCount, merged.Version, merged.MonitoredKind, merged.MonitoredDate));
        Assert.Equal([Relation.Householder, Relation.Sibling, Relation.Other], merged.Members.Select(member => member.Relation));
        var quarters = (await monitoring.Incomes().ListIncomesAsync(new ListIncomesRequest { HouseholdId = here.Id })).Incomes;
        Assert.Equal((900_000L, 3, 300_000L), (quarters[0].NetFen, quarters[0].MemberCount, quarters[0].PerCapitaNetFen));
        Assert.Equal((300_000L, 1), (quarters[1].NetFen, quarters[1].MemberCount));
        Assert.Equal(here.Id, (await monitoring.Plans().GetPlanAsync(new GetPlanRequest { PlanId = plan.Id })).HouseholdId);
        // It is monitored now, so the plan deals with what waited.
        Assert.Equal(ClueState.Identified, (await monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = clue.Id })).State);

        var closed = await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = there.Id });
        Assert.Equal(("2024-04-01", 0), (closed.CloseDate, closed.MemberCount));
        Assert.All((await Revisions(there.Id))[0].MemberChanges, change => Assert.Equal((Kind.Removed, here.Id), (change.Kind, change.OtherHouseholdId)));
        Assert.All((await Revisions(here.Id))[0].MemberChanges, change => Assert.Equal((Kind.Added, there.Id), (change.Kind, change.OtherHouseholdId)));
        var end = (await monitoring.Events("governance.monitoring.v1.HouseholdClosed")).Single(@event => @event.GetProperty("subject").GetString() == there.Id);
        Assert.Equal(here.Id, end.GetProperty("data").GetProperty("mergedIntoHouseholdId").GetString());
        Assert.Single(await monitoring.Events("governance.monitoring.v1.HouseholdMerged"), @event => @event.GetProperty("subject").GetString() == here.Id);
    }

    [Fact]
    public async Task Of_two_plans_the_running_measures_go_on_in_one()
    {
        var (here, there) = (await monitoring.Monitored(), await monitoring.Monitored());
        var plans = new List<V1.Plan>();
        foreach (var household in (string[])[here.Id, there.Id])
            plans.Add(await monitoring.Plans().EnterPlanAsync(new EnterPlanRequest { PlanId = MonitoringFixture.NewId(), Plan = MonitoringFixture.NewPlan(household) }));
        await Merge(here.Id, there.Id);
        Assert.Equal(2, (await monitoring.Plans().GetPlanAsync(new GetPlanRequest { PlanId = plans[0].Id })).Measures.Count);
        var ended = await monitoring.Plans().GetPlanAsync(new GetPlanRequest { PlanId = plans[1].Id });
        Assert.Equal(("2024-04-01", 0), (ended.ClosedDate, ended.Measures.Count));
    }

    [Fact]
    public async Task Households_merge_where_they_live_together_and_nothing_is_decided()
    {
        var (here, there) = (await monitoring.Register(), await monitoring.Register());
        Assert.Equal((StatusCode.FailedPrecondition, Rules.MergeOther.Code), await MonitoringFixture.Refused(Merge(here.Id, here.Id)));
        var away = monitoring.NewHousehold();
        (away.Division, away.SettlementId) = ("619902100001", "");
        away = await monitoring.Register(away);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.MergeTogether.Code), await MonitoringFixture.Refused(Merge(here.Id, away.Id, "61")));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Merge(here.Id, away.Id))).Status);
        await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = (await monitoring.Report(there.Id)).Id, Kind = MonitoredKind.Unstable });
        Assert.Equal((StatusCode.FailedPrecondition, Rules.DecisionPending.Code), await MonitoringFixture.Refused(Merge(here.Id, there.Id)));
        Assert.Equal(here, await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = here.Id }));
    }

    [Fact]
    public async Task A_merger_that_is_sent_again_answers_with_the_household_and_changes_nothing()
    {
        var (here, there) = (await monitoring.Register(), await Family());
        MemberRelation[] relations = [new() { MemberId = there.Members[0].Id, Relation = Relation.Sibling }];
        await Merge(here.Id, there.Id, relations: relations);
        var changed = await monitoring.Households().UpdateMemberAsync(new UpdateMemberRequest
        {
            HouseholdId = here.Id, Member = new V1.Member { Id = there.Members[0].Id, Relation = Relation.Parent }, UpdateMask = new() { Paths = { "relation" } },
        });
        var events = (await monitoring.Events()).Count;
        Assert.Equal(changed, await Merge(here.Id, there.Id, relations: relations));
        Assert.Equal(StatusCode.AlreadyExists, (await MonitoringFixture.Refused(Merge(here.Id, there.Id))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Merge((await monitoring.Register()).Id, there.Id, relations: relations))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Merge(here.Id, there.Id, MonitoringFixture.Neighbour, relations))).Status);
        Assert.Equal(events + 1, (await monitoring.Events()).Count);
    }
}
