using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Households that go over to another authority: proposed by the origin, accepted or refused by the destination.</summary>
public sealed class HandOverTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    const string NeighbourVillage = "619902100001";

    HandOvers.HandOversClient At(string division) => new(monitoring.Officer(division));

    HandOvers.HandOversClient Origin => At(MonitoringFixture.County);

    HandOvers.HandOversClient Destination => At(MonitoringFixture.Neighbour);

    static ProposeHandOverRequest Proposal(string household, string to = MonitoringFixture.Neighbour) => new()
    {
        HandOverId = MonitoringFixture.NewId(), HandOver = new V1.HandOver { HouseholdId = household, ToDivision = to, Statement = "已在邻县购房定居" },
    };

    async Task<V1.HandOver> Propose(string? household = null) =>
        await Origin.ProposeHandOverAsync(Proposal(household ?? (await monitoring.Register()).Id));

    static AcceptHandOverRequest Home(string handOver, string division = NeighbourVillage) =>
        new() { HandOverId = handOver, Division = division, SettlementId = SampleCounty.Settlements[4].Id, Room = "301" };

    AsyncUnaryCall<V1.Household> Get(string household, string division) =>
        monitoring.Households(division).GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household });

    [Fact]
    public async Task The_destination_sees_only_the_proposal_until_it_accepts_and_everything_afterwards()
    {
        var household = await monitoring.Monitored();
        await monitoring.RecordYear(household.Id, 450_000);
        var clue = await monitoring.Report(household.Id);
        var request = Proposal(household.Id);
        var proposed = await Origin.ProposeHandOverAsync(request);
        Assert.Equal(proposed, await Origin.ProposeHandOverAsync(request));
        Assert.Equal((HandOverState.Proposed, "2024-04-16", "赵**", 1, MonitoredKind.Unstable, MonitoringFixture.Village),
            (proposed.State, proposed.DueDate, proposed.Householder, proposed.MemberCount, proposed.MonitoredKind, proposed.FromDivision));
        Assert.Equal("monitoring.hand_over.days", proposed.DueCitation.PolicyId);

        Assert.Equal(proposed, await Destination.GetHandOverAsync(new GetHandOverRequest { HandOverId = proposed.Id }));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(At("619903").GetHandOverAsync(new GetHandOverRequest { HandOverId = proposed.Id }))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Get(household.Id, MonitoringFixture.Neighbour))).Status);
        Assert.Equal(household, await Get(household.Id, MonitoringFixture.County));

        Assert.Equal((StatusCode.FailedPrecondition, Rules.HandOverDecider.Code), await MonitoringFixture.Refused(Origin.AcceptHandOverAsync(Home(proposed.Id))));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.HandOverHome.Code),
            await MonitoringFixture.Refused(Destination.AcceptHandOverAsync(Home(proposed.Id, MonitoringFixture.Village))));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.UnknownSettlement.Code), await MonitoringFixture.Refused(Destination.AcceptHandOverAsync(
            new AcceptHandOverRequest { HandOverId = proposed.Id, Division = NeighbourVillage, SettlementId = SampleCounty.Settlements[0].Id })));
        Assert.Equal(household, await Get(household.Id, MonitoringFixture.County));

        Assert.Equal(HandOverState.Accepted, (await Destination.AcceptHandOverAsync(Home(proposed.Id))).State);
        var here = await Get(household.Id, MonitoringFixture.Neighbour);
        Assert.Equal((NeighbourVillage, "301", MonitoredKind.Unstable, household.Version + 1), (here.Division, here.Room, here.MonitoredKind, here.Version));
        Assert.Equal(household.Members, here.Members);
        Assert.Equal(4, (await monitoring.Incomes(MonitoringFixture.Neighbour).ListIncomesAsync(new ListIncomesRequest { HouseholdId = household.Id })).Incomes.Count);
        Assert.Equal(NeighbourVillage, (await monitoring.Clues(MonitoringFixture.Neighbour).GetClueAsync(new GetClueRequest { ClueId = clue.Id })).Division);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Get(household.Id, MonitoringFixture.County))).Status);
        var revisions = (await monitoring.Households(MonitoringFixture.Neighbour).ListHouseholdRevisionsAsync(
            new ListHouseholdRevisionsRequest { HouseholdId = household.Id })).Revisions;
        Assert.Equal("AcceptHandOver", revisions[0].Action.Split('/')[^1]);
        Assert.Equal(MonitoringFixture.Village, revisions[1].Household.Division);

        Assert.Equal([("HandOverProposed", MonitoringFixture.Neighbour), ("HandOverDecided", MonitoringFixture.Village)],
            (await monitoring.Events()).Where(@event => @event.GetProperty("subject").GetString() == proposed.Id)
                .Select(@event => (@event.GetProperty("type").GetString()!.Split('.')[^1], @event.GetProperty("division").GetString()!)));
        var moved = (await monitoring.Events("governance.monitoring.v1.HouseholdMoved")).Last(@event => @event.GetProperty("subject").GetString() == household.Id);
        Assert.Equal((NeighbourVillage, MonitoringFixture.Village), (moved.GetProperty("division").GetString(), moved.GetProperty("data").GetProperty("fromDivision").GetString()));
    }

    [Fact]
    public async Task A_refused_or_withdrawn_household_stays_and_the_hand_over_is_settled()
    {
        var refused = await Propose();
        Assert.Equal((StatusCode.FailedPrecondition, Rules.HandOverDecider.Code),
            await MonitoringFixture.Refused(Origin.RefuseHandOverAsync(new RefuseHandOverRequest { HandOverId = refused.Id, Reason = "x" })));
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Destination.RefuseHandOverAsync(new RefuseHandOverRequest { HandOverId = refused.Id }))).Status);
        refused = await Destination.RefuseHandOverAsync(new RefuseHandOverRequest { HandOverId = refused.Id, Reason = "未在本县居住" });
        Assert.Equal((HandOverState.Refused, "未在本县居住"), (refused.State, refused.Reason));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.HandOverOpen.Code), await MonitoringFixture.Refused(Destination.AcceptHandOverAsync(Home(refused.Id))));
        Assert.Equal(1L, (await Get(refused.HouseholdId, MonitoringFixture.County)).Version);

        var again = await Propose(refused.HouseholdId);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.OneHandOver.Code),
            await MonitoringFixture.Refused(Origin.ProposeHandOverAsync(Proposal(refused.HouseholdId))));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.HandOverDecider.Code),
            await MonitoringFixture.Refused(Destination.WithdrawHandOverAsync(new WithdrawHandOverRequest { HandOverId = again.Id, Reason = "x" })));
        Assert.Equal(HandOverState.Withdrawn, (await Origin.WithdrawHandOverAsync(new WithdrawHandOverRequest { HandOverId = again.Id, Reason = "暂不搬" })).State);

        var list = await Destination.ListHandOversAsync(new ListHandOversRequest { HouseholdId = refused.HouseholdId });
        Assert.Equal([refused.Id, again.Id], list.HandOvers.Select(handOver => handOver.Id));
        Assert.Empty((await At("619903").ListHandOversAsync(new ListHandOversRequest { HouseholdId = refused.HouseholdId })).HandOvers);
        Assert.Single((await Origin.ListHandOversAsync(new ListHandOversRequest { HouseholdId = refused.HouseholdId, State = HandOverState.Refused,
            ToDivision = "6199" })).HandOvers);
    }

    [Fact]
    public async Task Nothing_is_handed_over_to_where_it_lives_or_from_where_it_no_longer_is()
    {
        var household = await monitoring.Register();
        Assert.Equal((StatusCode.FailedPrecondition, Rules.HandOverElsewhere.Code),
            await MonitoringFixture.Refused(Origin.ProposeHandOverAsync(Proposal(household.Id, "619901001"))));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.UnknownDivision.Code),
            await MonitoringFixture.Refused(Origin.ProposeHandOverAsync(Proposal(household.Id, "619999"))));
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Origin.ProposeHandOverAsync(Proposal(household.Id, "6199")))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Destination.ProposeHandOverAsync(Proposal(household.Id, MonitoringFixture.County)))).Status);

        var proposed = await Propose(household.Id);
        await monitoring.Households("61").MoveHouseholdAsync(new MoveHouseholdRequest { HouseholdId = household.Id, Division = "619901001002" });
        Assert.Equal((StatusCode.FailedPrecondition, Rules.HandOverGone.Code), await MonitoringFixture.Refused(Destination.AcceptHandOverAsync(Home(proposed.Id))));
        Assert.Equal("619901001002", (await Get(household.Id, MonitoringFixture.County)).Division);
    }

    [Fact]
    public async Task What_is_being_decided_about_a_household_goes_on_with_the_officers_of_the_destination()
    {
        var household = await monitoring.Register();
        var refuted = await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = (await monitoring.Report(household.Id)).Id, Kind = MonitoredKind.Unstable });
        await monitoring.ActToTheEnd(refuted.ProcedureId, Outcome.Reject);
        var clue = await monitoring.Report(household.Id, "2024-03-30");
        clue = await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = clue.Id, Kind = MonitoredKind.Unstable });
        await Act(clue.ProcedureId, "village_review", MonitoringFixture.Village);

        await Destination.AcceptHandOverAsync(Home((await Propose(household.Id)).Id));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Procedure(clue.ProcedureId, MonitoringFixture.County))).Status);
        var task = Assert.Single((await monitoring.Procedures("619902100").ListTasksAsync(new ListTasksRequest())).Tasks, task => task.ProcedureId == clue.ProcedureId);
        Assert.Equal(("township_review", "2024-04-14", NeighbourVillage), (task.Step.Id, task.Step.DueDate, task.Division));
        Assert.Equal(["village_review"], (await Procedure(clue.ProcedureId, MonitoringFixture.Neighbour)).Acts.Select(act => act.StepId));
        Assert.Equal(ProcedureState.Rejected, (await Procedure(refuted.ProcedureId, MonitoringFixture.Neighbour)).State);

        await Act(clue.ProcedureId, "township_review", "619902100");
        await Act(clue.ProcedureId, "county_decision", MonitoringFixture.Neighbour);
        Assert.Equal(MonitoredKind.Unstable, (await Get(household.Id, MonitoringFixture.Neighbour)).MonitoredKind);
        // What has ended went along without a word.
        Assert.Empty(await Told(refuted.ProcedureId));
        Assert.Equal((NeighbourVillage, MonitoringFixture.Village, "619902100"), Assert.Single(await Told(clue.ProcedureId)));

        AsyncUnaryCall<Procedure> Procedure(string id, string division) => monitoring.Procedures(division).GetProcedureAsync(new GetProcedureRequest { ProcedureId = id });

        async Task Act(string id, string step, string division) =>
            await monitoring.Procedures(division).ActAsync(new ActRequest { ProcedureId = id, StepId = step, Outcome = Outcome.Approve, Note = "同意" });

        async Task<List<(string?, string?, string?)>> Told(string id) => (await monitoring.Events("governance.common.v1.ProcedureMoved"))
            .FindAll(@event => @event.GetProperty("subject").GetString() == id)
            .ConvertAll(@event => (@event.GetProperty("division").GetString(), @event.GetProperty("data").GetProperty("fromDivision").GetString(),
                @event.GetProperty("data").GetProperty("actorDivision").GetString()));
    }

    [Fact]
    public async Task Who_is_on_a_village_list_is_struck_off_before_going()
    {
        var exits = new ExitCase(monitoring);
        var (household, other) = (await exits.Ready(), await exits.Ready());
        var proposed = await Propose(household.Id);
        var exit = await exits.UpTo("village_verification", household, other);
        // The destination does not see the list, and yet is told.
        Assert.Equal((StatusCode.FailedPrecondition, Rules.OnVillageList.Code), await MonitoringFixture.Refused(Destination.AcceptHandOverAsync(Home(proposed.Id))));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.OnVillageList.Code), await MonitoringFixture.Refused(Origin.ProposeHandOverAsync(Proposal(other.Id))));
        Assert.Equal("302", (await monitoring.Households().MoveHouseholdAsync(
            new MoveHouseholdRequest { HouseholdId = other.Id, Division = other.Division, SettlementId = other.SettlementId, Room = "302" })).Room);

        await monitoring.Exits().StrikeHouseholdAsync(new StrikeHouseholdRequest { ExitId = exit.Id, HouseholdId = household.Id, Reason = "迁往邻县" });
        Assert.Equal(HandOverState.Accepted, (await Destination.AcceptHandOverAsync(Home(proposed.Id))).State);
    }

    [Fact]
    public async Task A_proposal_that_nobody_answers_in_time_is_told_once_and_listed()
    {
        var proposed = await Propose();
        var clock = monitoring.Services.GetRequiredService<RegistryClock>();
        await clock.Tick(TestContext.Current.CancellationToken);
        Assert.Empty(await Told());
        monitoring.Clock.Advance(TimeSpan.FromDays(16));
        await clock.Tick(TestContext.Current.CancellationToken);
        await clock.Tick(TestContext.Current.CancellationToken);
        Assert.Equal(MonitoringFixture.Neighbour, Assert.Single(await Told()));
        Assert.Contains((await Destination.ListHandOversAsync(new ListHandOversRequest { Overdue = true })).HandOvers, handOver => handOver.Id == proposed.Id && handOver.Overdue);
        monitoring.Clock.Advance(TimeSpan.FromDays(-16));

        async Task<List<string>> Told() => (await monitoring.Events("governance.monitoring.v1.HandOverOverdue"))
            .FindAll(@event => @event.GetProperty("subject").GetString() == proposed.Id).ConvertAll(@event => @event.GetProperty("division").GetString()!);
    }
}
