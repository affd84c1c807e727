using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Procedures;
using Governance.Platform.Rules;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Governance.Monitoring.Tests.MonitoringFixture;

namespace Governance.Monitoring.Tests;

/// <summary>A village's list on its way from nomination to filing.</summary>
public sealed class ExitServiceTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>, IAsyncLifetime
{
    readonly ExitCase _case = new(monitoring);

    public ValueTask InitializeAsync()
    {
        monitoring.Clock.Set(new DateTimeOffset(2024, 4, 1, 1, 0, 0, TimeSpan.Zero));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_list_is_nominated_once_with_the_figures_that_were_compared()
    {
        var households = new[] { await _case.Ready(), await _case.Ready() };
        var request = ExitCase.Nomination(households);
        var exit = await monitoring.Exits().NominateExitAsync(request);
        Assert.Equal((ExitState.Nominated, "monitoring.income_line", 1L), (exit.State, exit.Citation.PolicyId, exit.Version));
        Assert.All(exit.Households, entry => Assert.Equal((900_000L, "赵**", 1), (entry.PerCapitaNetFen, entry.Householder, entry.MemberCount)));
        Assert.Equal(exit, await monitoring.Exits().NominateExitAsync(request));
        Assert.Equal(exit, await monitoring.Exits().GetExitAsync(new GetExitRequest { ExitId = exit.Id }));
        request.Exit.Households.RemoveAt(0);
        Assert.Equal(StatusCode.AlreadyExists, (await Refused(monitoring.Exits().NominateExitAsync(request))).Status);

        request.ExitId = NewId();
        Assert.Equal((StatusCode.FailedPrecondition, Rules.OneExit.Code), await Refused(monitoring.Exits().NominateExitAsync(request)));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.OneExit.Code), await Refused(monitoring.Clearances().RequestClearanceAsync(new RequestClearanceRequest
        {
            ClearanceId = NewId(), Clearance = new V1.Clearance { HouseholdId = households[0].Id },
        })));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.OnVillageList.Code), await Refused(monitoring.Households().MoveHouseholdAsync(new MoveHouseholdRequest
        {
            HouseholdId = households[0].Id, Division = "619901001002",
        })));

        Assert.Equal([exit], (await monitoring.Exits().ListExitsAsync(new ListExitsRequest { HouseholdId = households[1].Id })).Exits);
        Assert.Empty((await monitoring.Exits().ListExitsAsync(new ListExitsRequest { HouseholdId = households[1].Id, State = ExitState.Filed })).Exits);
        Assert.Empty((await monitoring.Exits(Neighbour).ListExitsAsync(new ListExitsRequest())).Exits);
        Assert.Equal(StatusCode.NotFound, (await Refused(monitoring.Exits(Neighbour).GetExitAsync(new GetExitRequest { ExitId = exit.Id }))).Status);
    }

    [Fact]
    public async Task Only_who_meets_the_criteria_is_nominated()
    {
        var poor = await monitoring.Monitored();
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ExitIncome.Code), await Refused(monitoring.Exits().NominateExitAsync(ExitCase.Nomination(poor))));
        var unmonitored = await monitoring.Register();
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ExitMonitored.Code), await Refused(monitoring.Exits().NominateExitAsync(ExitCase.Nomination(unmonitored))));
        var elsewhere = ExitCase.Nomination(await _case.Ready());
        elsewhere.Exit.Division = "619901001002";
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ExitVillage.Code), await Refused(monitoring.Exits(County).NominateExitAsync(elsewhere)));
        elsewhere.Exit.Division = Village;
        elsewhere.Exit.Households.Add(new ExitHousehold { HouseholdId = NewId() });
        Assert.Equal(StatusCode.NotFound, (await Refused(monitoring.Exits().NominateExitAsync(elsewhere))).Status);
    }

    [Theory]
    [InlineData("", Village, 1, 1)]
    [InlineData("x", Village, 1, 1)]
    [InlineData(null, "619901001", 1, 1)]
    [InlineData(null, Village, 0, 1)]
    [InlineData(null, Village, 2, 1)]
    [InlineData(null, Village, 1, 501)]
    public async Task A_malformed_nomination_is_refused(string? id, string division, int repeated, int households)
    {
        var request = new NominateExitRequest { ExitId = id ?? NewId(), Exit = new V1.Exit { Division = division } };
        for (var i = 0; i < households; i++)
            request.Exit.Households.Add(Enumerable.Repeat(new ExitHousehold { HouseholdId = NewId() }, repeated));
        Assert.Equal(StatusCode.InvalidArgument, (await Refused(monitoring.Exits().NominateExitAsync(request))).Status);
    }

    [Fact]
    public async Task An_objection_strikes_off_one_household_and_the_others_exit_with_support_to_come()
    {
        var (votedDown, objected, exits, returns) = (await _case.Ready(), await _case.Ready(), await _case.Ready(), await _case.Ready());
        var plan = await monitoring.Plans().EnterPlanAsync(new EnterPlanRequest
        {
            PlanId = NewId(), Plan = NewPlan(returns.Id),
        });
        var exit = await monitoring.Exits().NominateExitAsync(ExitCase.Nomination(votedDown, objected, exits, returns));
        await _case.Act(exit);

        Assert.Equal((StatusCode.FailedPrecondition, Rules.ExitMeetingRecorded.Code), await Refused(_case.ActAsync(exit, "representatives_vote", ExitCase.Carried)));
        var meeting = _case.Meeting(exit);
        var lost = meeting.Votes.Single(vote => vote.HouseholdId == votedDown.Id);
        (lost.InFavour, lost.Against) = (5, 15);
        var record = new RecordMeetingRequest { ExitId = exit.Id, Meeting = meeting };
        exit = await monitoring.Exits().RecordMeetingAsync(record);
        Assert.Equal(ExitHouseholdState.Struck, Entry(exit, votedDown).State);
        Assert.Equal(meeting.Votes.OrderBy(vote => vote.HouseholdId, StringComparer.Ordinal), exit.Meeting.Votes);
        await _case.Act(exit); // The vote.
        await _case.Act(exit); // Committee and work team verify.

        var procedure = await monitoring.Procedures(Village).ObjectAsync(new ObjectRequest
        {
            ProcedureId = exit.ProcedureId, StepId = "first_notice", Objection = "该户在县城另有住房和车辆", About = objected.Id,
        });
        monitoring.Clock.Advance(TimeSpan.FromDays(10));
        await _case.Sweep();
        Assert.Equal("first_notice", await _case.OpenStep(exit));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ExitStrikeStep.Code), await Refused(Strike(exits)));
        await monitoring.Procedures(Village).DecideObjectionAsync(new DecideObjectionRequest
        {
            ProcedureId = exit.ProcedureId, Objection = procedure.StandingObjections[0], Upheld = true, Reason = "经核实情况属实",
        });
        exit = await Get(exit);
        Assert.Equal(("village_verification", ExitHouseholdState.Struck, "first_notice", "经核实情况属实"),
            (await _case.OpenStep(exit), Entry(exit, objected).State, Entry(exit, objected).StruckStep, Entry(exit, objected).StruckReason));

        await _case.Act(exit);
        Assert.Equal("first_notice", await _case.OpenStep(exit));
        monitoring.Clock.Advance(TimeSpan.FromDays(7));
        await _case.Sweep();
        Assert.Equal("first_notice", await _case.OpenStep(exit));
        monitoring.Clock.Advance(TimeSpan.FromDays(1));
        await _case.Sweep();
        await _case.Act(exit);
        monitoring.Clock.Advance(TimeSpan.FromDays(8));
        await _case.Sweep();
        Assert.Equal("county_approval", await _case.OpenStep(exit));
        Assert.Equal((StatusCode.PermissionDenied, "PROCEDURE_LEVEL"), await Refused(_case.ActAsync(exit, "county_approval", null, division: "619901001")));
        await _case.Act(exit);

        exit = await Get(exit);
        Assert.Equal((ExitState.Approved, "2024-04-27", "2029-04-27"), (exit.State, exit.ApprovedDate, exit.SupportUntil));
        Assert.Equal([ExitHouseholdState.Struck, ExitHouseholdState.Struck, ExitHouseholdState.Exited, ExitHouseholdState.Exited],
            new[] { votedDown, objected, exits, returns }.Select(household => Entry(exit, household).State));
        Assert.Equal([MonitoredKind.Unstable, MonitoredKind.Unstable, MonitoredKind.Unspecified, MonitoredKind.Unspecified],
            await Task.WhenAll(new[] { votedDown, objected, exits, returns }.Select(async household =>
                (await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id })).MonitoredKind)));
        var told = Assert.Single(await monitoring.Events("governance.monitoring.v1.HouseholdExited"), @event => @event.GetProperty("subject").GetString() == exits.Id);
        Assert.Equal((exit.Id, "2029-04-27"), (told.GetProperty("data").GetProperty("exitId").GetString(), told.GetProperty("data").GetProperty("supportUntil").GetString()));

        // Support goes on: the plan stays open until the household returns, and then a new one is due.
        Assert.Equal("", (await monitoring.Plans().GetPlanAsync(new GetPlanRequest { PlanId = plan.Id })).ClosedDate);
        var clue = await monitoring.Report(returns.Id);
        clue = await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = clue.Id, Kind = MonitoredKind.Unstable });
        await monitoring.ActToTheEnd(clue.ProcedureId, Outcome.Approve);
        Assert.Equal("2024-04-27", (await monitoring.Plans().GetPlanAsync(new GetPlanRequest { PlanId = plan.Id })).ClosedDate);

        monitoring.Clock.Advance(TimeSpan.FromDays(6));
        await _case.Sweep();
        Assert.Equal("city_filing", await _case.OpenStep(exit));
        await _case.Act(exit);
        await _case.Act(exit);
        Assert.Equal(ExitState.Filed, (await Get(exit)).State);
        Assert.Equal((StatusCode.FailedPrecondition, PlatformRules.ProcedureEnded.Code), await Refused(Strike(exits)));

        AsyncUnaryCall<V1.Exit> Strike(V1.Household household) =>
            monitoring.Exits().StrikeHouseholdAsync(new StrikeHouseholdRequest { ExitId = exit.Id, HouseholdId = household.Id, Reason = "住房未验收" });
    }

    [Fact]
    public async Task A_household_that_fails_the_criteria_by_then_stops_the_approval_until_it_is_struck_off()
    {
        var (falls, stays) = (await _case.Ready(), await _case.Ready());
        var exit = await _case.UpTo("county_approval", falls, stays);
        await monitoring.RecordYear(falls.Id, 100_000);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ExitIncome.Code), await Refused(_case.ActAsync(exit, "county_approval")));

        var strike = new StrikeHouseholdRequest { ExitId = exit.Id, HouseholdId = falls.Id, Reason = "收入复核未达标" };
        Assert.Equal((StatusCode.PermissionDenied, "PROCEDURE_LEVEL"), await Refused(monitoring.Exits().StrikeHouseholdAsync(strike)));
        exit = await monitoring.Exits(County).StrikeHouseholdAsync(strike);
        Assert.Equal(("county_approval", exit), (Entry(exit, falls).StruckStep, await monitoring.Exits(County).StrikeHouseholdAsync(strike)));
        strike.Reason = "另有原因";
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ExitOnList.Code), await Refused(monitoring.Exits(County).StrikeHouseholdAsync(strike)));
        await _case.Act(exit);
        Assert.Equal([ExitHouseholdState.Struck, ExitHouseholdState.Exited], new[] { falls, stays }.Select(household => Entry(Get(exit).Result, household).State));
    }

    [Fact]
    public async Task A_list_on_which_nobody_is_left_is_rejected_and_its_households_may_be_nominated_again()
    {
        var household = await _case.Ready();
        var exit = await _case.UpTo("village_verification", household);
        await monitoring.Exits().StrikeHouseholdAsync(new StrikeHouseholdRequest { ExitId = exit.Id, HouseholdId = household.Id, Reason = "住房未验收" });
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ExitNobodyLeft.Code), await Refused(_case.ActAsync(exit, "village_verification")));
        await _case.ActAsync(exit, "village_verification", outcome: Outcome.Reject);
        Assert.Equal(ExitState.Rejected, (await Get(exit)).State);
        await monitoring.Exits().NominateExitAsync(ExitCase.Nomination(household));
    }

    [Fact]
    public async Task A_meeting_is_recorded_by_the_village_while_the_procedure_waits_for_it()
    {
        var exit = await monitoring.Exits().NominateExitAsync(ExitCase.Nomination(await _case.Ready()));
        var request = new RecordMeetingRequest { ExitId = exit.Id, Meeting = _case.Meeting(exit) };
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ExitMeetingStep.Code), await Refused(monitoring.Exits().RecordMeetingAsync(request)));
        await _case.Act(exit);
        Assert.Equal((StatusCode.PermissionDenied, "PROCEDURE_LEVEL"), await Refused(monitoring.Exits(County).RecordMeetingAsync(request)));
        Assert.Equal(StatusCode.NotFound, (await Refused(monitoring.Exits(Neighbour).RecordMeetingAsync(request))).Status);
        request.Meeting.Votes[0].InFavour++;
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ExitVotes.Code), await Refused(monitoring.Exits().RecordMeetingAsync(request)));
        foreach (var spoil in (Action<ExitMeeting>[])[
            meeting => meeting.HeldDate = "2024-04-02", meeting => meeting.Place = " ", meeting => meeting.Present = 31, meeting => meeting.Entitled = 0,
            meeting => meeting.Votes[0].Against = -1, meeting => meeting.Votes.Add(meeting.Votes[0]), meeting => meeting.Votes[0].HouseholdId = "x"])
        {
            var spoilt = request.Clone();
            spoil(spoilt.Meeting);
            Assert.Equal(StatusCode.InvalidArgument, (await Refused(monitoring.Exits().RecordMeetingAsync(spoilt))).Status);
        }
    }

    [Fact]
    public async Task Votes_that_are_recorded_again_put_nobody_back_who_is_on_another_list_by_now()
    {
        var (household, other) = (await _case.Ready(), await _case.Ready());
        var exit = await _case.UpTo("representatives_vote", household, other);
        var record = new RecordMeetingRequest { ExitId = exit.Id, Meeting = _case.Meeting(exit) };
        var vote = record.Meeting.Votes.Single(vote => vote.HouseholdId == household.Id);
        (vote.InFavour, vote.Against) = (5, 15);
        await monitoring.Exits().RecordMeetingAsync(record);
        await monitoring.Exits().NominateExitAsync(ExitCase.Nomination(household));
        (vote.InFavour, vote.Against) = (15, 5);
        Assert.Equal((StatusCode.AlreadyExists, Rules.OnOneList.Code), await Refused(monitoring.Exits().RecordMeetingAsync(record)));
    }

    static ExitHousehold Entry(V1.Exit exit, V1.Household household) => exit.Households.Single(entry => entry.HouseholdId == household.Id);

    async Task<V1.Exit> Get(V1.Exit exit) => await monitoring.Exits().GetExitAsync(new GetExitRequest { ExitId = exit.Id });
}

/// <summary>Leads a village's list through its procedure.</summary>
sealed class ExitCase(MonitoringFixture monitoring)
{
    public static Tally Carried => new() { Entitled = 30, InFavour = 20 };

    /// <summary>A household that may exit.</summary>
    public async Task<V1.Household> Ready()
    {
        var household = await monitoring.Monitored();
        await monitoring.RecordYear(household.Id, 225_000);
        return household;
    }

    public static NominateExitRequest Nomination(params V1.Household[] households) => new()
    {
        ExitId = NewId(),
        Exit = new V1.Exit { Division = Village, Households = { households.Select(household => new ExitHousehold { HouseholdId = household.Id }) } },
    };

    /// <summary>A meeting at which all twenty who came were in favour of every household.</summary>
    public ExitMeeting Meeting(V1.Exit exit) => new()
    {
        HeldDate = Platform.Calendar.Format(Platform.Calendar.DateOf(monitoring.Clock.GetUtcNow())),
        Place = "村委会会议室",
        Chair = "刘例一",
        Recorder = "陈例二",
        Entitled = 30,
        Present = 20,
        Summary = "逐户评议收入、住房和子女就学情况，与会代表无其他意见。",
        Votes = { exit.Households.Select(entry => new ExitVote { HouseholdId = entry.HouseholdId, InFavour = 20 }) },
    };

    /// <summary>Nominates a list and leads it to <paramref name="step"/>.</summary>
    public async Task<V1.Exit> UpTo(string step, params V1.Household[] households)
    {
        var exit = await monitoring.Exits().NominateExitAsync(Nomination(households));
        while (await OpenStep(exit) is var open && open != step)
        {
            if (open == "representatives_vote")
                await monitoring.Exits().RecordMeetingAsync(new RecordMeetingRequest { ExitId = exit.Id, Meeting = Meeting(exit) });
            if (open is "first_notice" or "second_notice" or "announcement")
            {
                monitoring.Clock.Advance(TimeSpan.FromDays(8));
                await Sweep();
            }
            else
            {
                await Act(exit);
            }
        }
        return exit;
    }

    public async Task<string> OpenStep(V1.Exit exit) =>
        (await Procedure(exit)).Steps.Single(step => step.State == StepState.Open).Id;

    /// <summary>Approves the open step as whoever it waits for.</summary>
    public async Task Act(V1.Exit exit)
    {
        var step = (await Procedure(exit)).Steps.Single(step => step.State == StepState.Open);
        await ActAsync(exit, step.Id, step.Kind == StepKind.Vote ? Carried : null, step.ActorDivision);
    }

    public AsyncUnaryCall<Procedure> ActAsync(V1.Exit exit, string step, Tally? tally = null, string? division = null, Outcome outcome = Outcome.Approve) =>
        monitoring.Procedures(division ?? (step.StartsWith("county", StringComparison.Ordinal) ? County : Village)).ActAsync(new ActRequest
        {
            ProcedureId = exit.ProcedureId,
            StepId = step,
            Outcome = outcome,
            Note = "同意",
            Tally = tally,
            Attachments =
            {
                ((string[])["application", "minutes", "tally", "report"]).Select(kind => new Attachment { Kind = kind, Name = $"{kind}.pdf", Uri = $"urn:test:{kind}", Sha256 = new string('a', 64) }),
            },
        });

    public Task Sweep() => monitoring.Services.GetRequiredService<ProcedureSweeper>().Sweep(default);

    async Task<Procedure> Procedure(V1.Exit exit) =>
        await monitoring.Procedures("61").GetProcedureAsync(new GetProcedureRequest { ProcedureId = exit.ProcedureId });
}
