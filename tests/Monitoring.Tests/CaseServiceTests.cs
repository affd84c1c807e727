using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>From a clue to identification, the plan and clearance.</summary>
public sealed class CaseServiceTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task A_clue_is_reported_once_with_its_clock()
    {
        var household = await monitoring.Register();
        var request = new ReportClueRequest { ClueId = MonitoringFixture.NewId(),
            Clue = new V1.Clue { HouseholdId = household.Id, Source = ClueSource.Disaster, Description = "山洪", FoundDate = "2024-03-30" } };
        var clue = await monitoring.Clues().ReportClueAsync(request);
        Assert.Equal(("2024-04-14", "15d", ClueState.Open, false), (clue.DueDate, clue.DueCitation.Value, clue.State, clue.Overdue));
        Assert.Equal(clue, await monitoring.Clues().ReportClueAsync(request));
        request.Clue.Source = ClueSource.Sweep;
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"),
            await MonitoringFixture.Refused(monitoring.Clues().ReportClueAsync(request)));
        request.ClueId = MonitoringFixture.NewId();
        request.Clue.Source = ClueSource.Event;
        Assert.Equal((StatusCode.FailedPrecondition, Rules.SourceReported.Code),
            await MonitoringFixture.Refused(monitoring.Clues().ReportClueAsync(request)));
        request.Clue.FoundDate = "2024-04-02";
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(monitoring.Clues().ReportClueAsync(request))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Clues(MonitoringFixture.Neighbour).GetClueAsync(new GetClueRequest { ClueId = clue.Id }))).Status);
    }

    [Fact]
    public async Task A_clue_that_waits_is_not_reported_twice()
    {
        var household = await monitoring.Register();
        var clue = new V1.Clue { HouseholdId = household.Id, Source = ClueSource.SelfDeclaration, Description = "因病负债", FoundDate = "2024-03-30" };
        var waiting = await Report(clue);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ReportedAlready.Code), await MonitoringFixture.Refused(Report(clue)));
        await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = waiting.Id, Kind = MonitoredKind.Unstable });
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ReportedAlready.Code), await MonitoringFixture.Refused(Report(clue)));
        clue.Source = ClueSource.Sweep;
        await Report(clue);
        clue.Description = "又失去工作";
        await Report(clue);

        AsyncUnaryCall<V1.Clue> Report(V1.Clue reported) =>
            monitoring.Clues().ReportClueAsync(new ReportClueRequest { ClueId = MonitoringFixture.NewId(), Clue = reported });
    }

    [Fact]
    public async Task An_approved_identification_makes_the_household_monitored_and_its_plan_due()
    {
        var household = await monitoring.Register();
        var clue = await monitoring.Report(household.Id, "2024-03-30");
        var other = await monitoring.Report(household.Id);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.KindFits.Code),
            await MonitoringFixture.Refused(Verify(clue.Id, MonitoredKind.Marginal)));
        clue = await Verify(clue.Id, MonitoredKind.Unstable);
        Assert.Equal(ClueState.Verified, clue.State);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.OneIdentification.Code),
            await MonitoringFixture.Refused(Verify(other.Id, MonitoredKind.Unstable)));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ClueOpen.Code),
            await MonitoringFixture.Refused(Verify(clue.Id, MonitoredKind.Unstable)));

        var procedure = await monitoring.ActToTheEnd(clue.ProcedureId, Outcome.Approve);
        Assert.Equal(("2024-04-14", ProcedureState.Approved), (procedure.Steps[0].DueDate, procedure.State));
        household = await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id });
        Assert.Equal((MonitoredKind.Unstable, "2024-04-01"), (household.MonitoredKind, household.MonitoredDate));
        Assert.All((await monitoring.Clues().ListCluesAsync(new ListCluesRequest { HouseholdId = household.Id })).Clues,
            each => Assert.Equal(ClueState.Identified, each.State));
        var told = Assert.Single(await monitoring.Events("governance.monitoring.v1.HouseholdIdentified"),
            @event => @event.GetProperty("subject").GetString() == household.Id);
        Assert.Equal(("2024-04-11", "MONITORED_KIND_UNSTABLE"),
            (told.GetProperty("data").GetProperty("planDueDate").GetString(),
                told.GetProperty("data").GetProperty("household").GetProperty("monitoredKind").GetString()));

        // What is found about a monitored household waits for nobody: its plan deals with it.
        var late = await monitoring.Report(household.Id);
        Assert.Equal(ClueState.Identified, late.State);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ClueOpen.Code),
            await MonitoringFixture.Refused(Verify(late.Id, MonitoredKind.Unstable)));

        AsyncUnaryCall<V1.Clue> Verify(string id, MonitoredKind kind) => monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = id, Kind = kind });
    }

    [Fact]
    public async Task A_rejected_identification_refutes_the_clue()
    {
        var household = await monitoring.Register();
        var clue = await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = (await monitoring.Report(household.Id)).Id,
            Kind = MonitoredKind.SuddenHardship });
        await monitoring.ActToTheEnd(clue.ProcedureId, Outcome.Reject);
        Assert.Equal(ClueState.Refuted, (await monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = clue.Id })).State);
        Assert.Equal(MonitoredKind.Unspecified, (await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id })).MonitoredKind);
        Assert.Contains(await monitoring.Events("governance.monitoring.v1.ClueRefuted"),
            @event => @event.GetProperty("subject").GetString() == clue.Id);
    }

    [Fact]
    public async Task A_plan_is_entered_once_for_a_monitored_household_and_carries_measures_to_their_result()
    {
        var household = await monitoring.Monitored();
        var request = new EnterPlanRequest { PlanId = MonitoringFixture.NewId(), Plan = MonitoringFixture.NewPlan(household.Id) };
        var measure = request.Plan.Measures[0];
        request.Plan.Measures.Clear();
        Assert.Equal((StatusCode.FailedPrecondition, Rules.PlanWithMeasures.Code),
            await MonitoringFixture.Refused(monitoring.Plans().EnterPlanAsync(request)));
        request.Plan.Measures.Add(measure);
        var plan = await monitoring.Plans().EnterPlanAsync(request);
        Assert.Equal(("2024-04-11", "2024-04-01", false, "10d"), (plan.DueDate, plan.EnteredDate, plan.Overdue, plan.DueCitation.Value));
        Assert.Equal(plan, await monitoring.Plans().EnterPlanAsync(request));
        request.Plan.Goal = "另一目标";
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"),
            await MonitoringFixture.Refused(monitoring.Plans().EnterPlanAsync(request)));
        request.PlanId = MonitoringFixture.NewId();
        Assert.Equal((StatusCode.FailedPrecondition, Rules.OnePlan.Code),
            await MonitoringFixture.Refused(monitoring.Plans().EnterPlanAsync(request)));
        request.Plan.HouseholdId = (await monitoring.Register()).Id;
        Assert.Equal((StatusCode.FailedPrecondition, Rules.PlanForMonitored.Code),
            await MonitoringFixture.Refused(monitoring.Plans().EnterPlanAsync(request)));

        var add = new AddMeasureRequest
        {
            PlanId = plan.Id, MeasureId = MonitoringFixture.NewId(),
            Measure = new V1.Measure { Kind = MeasureKind.PublicWelfarePost, Description = "安排公益性岗位", ResponsiblePerson = "王例一",
                StartDate = "2024-04-01", Details = { ["employer"] = "甲街道办事处", ["post"] = "保洁员" } },
        };
        plan = await monitoring.Plans().AddMeasureAsync(add);
        Assert.Equal(plan, await monitoring.Plans().AddMeasureAsync(add));
        Assert.Equal(("employer, post", "S2 二(四)3", "保洁员"), (Added().Citation.Value, Added().Citation.Source, Added().Details["post"]));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.MeasureEnds.Code), await MonitoringFixture.Refused(Record("上岗", "2024-03-31")));
        plan = await Record("上岗");
        Assert.Equal(("上岗", "2024-04-01"), (Added().Result, Added().EndDate));
        Assert.Equal(plan, await Record("上岗"));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.MeasureRunning.Code), await MonitoringFixture.Refused(Record("离岗")));
        Assert.Equal(plan, await monitoring.Plans().GetPlanAsync(new GetPlanRequest { PlanId = plan.Id }));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Plans(MonitoringFixture.Neighbour).GetPlanAsync(new GetPlanRequest { PlanId = plan.Id }))).Status);
        Assert.Equal(["MeasureAdded", "MeasureEnded", "PlanEntered"],
            (await monitoring.Events()).Where(@event => @event.GetProperty("subject").GetString() == plan.Id)
                .Select(@event => @event.GetProperty("type").GetString()!.Split('.')[^1]).Order(StringComparer.Ordinal));

        V1.Measure Added() => plan.Measures.Single(measure => measure.Id == add.MeasureId);

        AsyncUnaryCall<V1.Plan> Record(string result, string end = "") =>
            monitoring.Plans().RecordResultAsync(new RecordResultRequest { PlanId = plan.Id, MeasureId = add.MeasureId, Result = result,
                EndDate = end });
    }

    [Fact]
    public async Task A_measure_names_what_policy_asks_of_its_kind()
    {
        var household = await monitoring.Monitored();
        var plan = new V1.Plan
        {
            HouseholdId = household.Id, ResponsiblePerson = "示例", Goal = "稳定就业",
            Measures = { New(MeasureKind.Employment, ("employer", "示例服装厂"), ("post", " ")) },
        };
        var request = new EnterPlanRequest { PlanId = MonitoringFixture.NewId(), Plan = plan };
        Assert.Equal(["plan.measures[0].details"], await MonitoringFixture.WrongFields(monitoring.Plans().EnterPlanAsync(request)));
        request.Plan.Measures[0].Details.Remove("post");
        var refused = await Assert.ThrowsAsync<RpcException>(() => monitoring.Plans().EnterPlanAsync(request).ResponseAsync);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.MeasureNames.Code), MonitoringFixture.Refused(refused));
        Assert.Equal("“就业帮扶”措施须在 details 中写明：post（岗位）。请补充后重新提交。", refused.Status.Detail);
        var english = await Assert.ThrowsAsync<RpcException>(() => monitoring.Plans().EnterPlanAsync(request, new Metadata { { "accept-language", "en" } }).ResponseAsync);
        Assert.Equal("A measure of the kind \"employment\" names in its details: post. Add them.", english.Status.Detail);
        Assert.Empty((await monitoring.Plans().ListPlansAsync(new ListPlansRequest { HouseholdId = household.Id })).Plans);

        request.Plan.Measures[0].Details["post"] = "缝纫工";
        var entered = await monitoring.Plans().EnterPlanAsync(request);
        Assert.Equal("缝纫工", Assert.Single(entered.Measures).Details["post"]);
        Assert.Equal(entered, await monitoring.Plans().GetPlanAsync(new GetPlanRequest { PlanId = entered.Id }));

        // Every kind asks for something, and with all of it is taken.
        foreach (var kind in Enum.GetValues<MeasureKind>().Skip(1))
        {
            var asked = (await new V1.Policies.PoliciesClient(monitoring.Officer()).ListPoliciesAsync(new ListPoliciesRequest())).Policies
                .Single(policy => policy.Id == MeasureDetails.AskedOf(kind).Id).Citation.Value;
            Assert.Equal((StatusCode.FailedPrecondition, Rules.MeasureNames.Code), await MonitoringFixture.Refused(Add(New(kind))));
            await Add(New(kind, [.. MeasureDetails.Split(asked).Select(word => (word, "示例"))]));
        }
        Assert.Equal(["measure.details"], await MonitoringFixture.WrongFields(Add(New(MeasureKind.Water, ("Problem", "示例")))));
        Assert.Equal(["measure.details"], await MonitoringFixture.WrongFields(Add(New(MeasureKind.Water, ("problem", new string('长', 201))))));
        Assert.Equal(["measure.details"], await MonitoringFixture.WrongFields(Add(New(MeasureKind.Water, [.. Enumerable.Range(0, 21).Select(i => ($"a{new string('b', i)}", "示例"))]))));

        AsyncUnaryCall<V1.Plan> Add(V1.Measure measure) =>
            monitoring.Plans().AddMeasureAsync(new AddMeasureRequest { PlanId = entered.Id, MeasureId = MonitoringFixture.NewId(), Measure = measure });

        static V1.Measure New(MeasureKind kind, params IEnumerable<(string Word, string Value)> details) => new()
        {
            Kind = kind, Description = "示例措施", ResponsiblePerson = "示例", StartDate = "2024-04-01",
            Details = { details.ToDictionary(detail => detail.Word, detail => detail.Value) },
        };
    }

    [Fact]
    public async Task A_household_is_cleared_when_its_income_and_guarantees_are_secure_and_its_plan_ends()
    {
        var household = await monitoring.Monitored();
        var plan = await monitoring.Plans().EnterPlanAsync(new EnterPlanRequest
        {
            PlanId = MonitoringFixture.NewId(), Plan = MonitoringFixture.NewPlan(household.Id),
        });
        Assert.Equal((StatusCode.FailedPrecondition, Rules.IncomeKnown.Code),
            await MonitoringFixture.Refused(Ask(MonitoringFixture.NewId())));
        await monitoring.RecordYear(household.Id, 187_500);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.IncomeAboveLine.Code),
            await MonitoringFixture.Refused(Ask(MonitoringFixture.NewId())));
        await monitoring.RecordYear(household.Id, 187_501);

        var id = MonitoringFixture.NewId();
        var clearance = await Ask(id);
        Assert.Equal((750_004L, "monitoring.income_line", ClearanceState.Requested),
            (clearance.PerCapitaNetFen, clearance.Citation.PolicyId, clearance.State));
        Assert.Equal(clearance, await Ask(id));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.OneClearance.Code),
            await MonitoringFixture.Refused(Ask(MonitoringFixture.NewId())));

        await monitoring.ActToTheEnd(clearance.ProcedureId, Outcome.Approve);
        Assert.Equal(ClearanceState.Cleared, (await monitoring.Clearances().GetClearanceAsync(new GetClearanceRequest { ClearanceId = id })).State);
        Assert.Equal(MonitoredKind.Unspecified, (await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id })).MonitoredKind);
        Assert.Equal("2024-04-01", (await monitoring.Plans().GetPlanAsync(new GetPlanRequest { PlanId = plan.Id })).ClosedDate);
        Assert.Contains(await monitoring.Events("governance.monitoring.v1.HouseholdCleared"),
            @event => @event.GetProperty("subject").GetString() == household.Id);
        Assert.Single((await monitoring.Clearances().ListClearancesAsync(new ListClearancesRequest { HouseholdId = household.Id,
            State = ClearanceState.Cleared })).Clearances);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ClearMonitored.Code),
            await MonitoringFixture.Refused(Ask(MonitoringFixture.NewId())));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(
            monitoring.Clearances(MonitoringFixture.Neighbour).GetClearanceAsync(new GetClearanceRequest { ClearanceId = id }))).Status);

        AsyncUnaryCall<V1.Clearance> Ask(string clearanceId) => monitoring.Clearances().RequestClearanceAsync(
            new RequestClearanceRequest { ClearanceId = clearanceId,
                Clearance = new V1.Clearance { HouseholdId = household.Id, Statement = "收入稳定" } });
    }

    [Fact]
    public async Task A_rejected_clearance_leaves_the_household_monitored()
    {
        var household = await monitoring.Monitored();
        await monitoring.RecordYear(household.Id, 400_000);
        var clearance = await monitoring.Clearances().RequestClearanceAsync(
            new RequestClearanceRequest { ClearanceId = MonitoringFixture.NewId(),
                Clearance = new V1.Clearance { HouseholdId = household.Id } });
        await monitoring.ActToTheEnd(clearance.ProcedureId, Outcome.Reject);
        Assert.Equal(ClearanceState.Rejected, (await monitoring.Clearances().GetClearanceAsync(new GetClearanceRequest { ClearanceId = clearance.Id })).State);
        Assert.Equal(MonitoredKind.Unstable, (await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id })).MonitoredKind);
    }
}

/// <summary>What happens when nothing happens.</summary>
public sealed class ClueClockTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task What_is_overdue_is_listed_and_told_once()
    {
        var clue = await monitoring.Report((await monitoring.Register()).Id);
        var monitored = await monitoring.Monitored();
        var clock = monitoring.Services.GetRequiredService<ClueClock>();
        await clock.Tick(default);
        Assert.Empty(await monitoring.Events("governance.monitoring.v1.ClueOverdue"));

        monitoring.Clock.Advance(TimeSpan.FromDays(16));
        await clock.Tick(default);
        await clock.Tick(default);
        Assert.Equal(clue.Id, Assert.Single(await monitoring.Events("governance.monitoring.v1.ClueOverdue")).GetProperty("subject").GetString());
        Assert.Equal(monitored.Id, Assert.Single(await monitoring.Events("governance.monitoring.v1.PlanOverdue")).GetProperty("subject").GetString());

        var overdue = Assert.Single((await monitoring.Clues().ListCluesAsync(new ListCluesRequest { Overdue = true })).Clues);
        Assert.Equal((clue.Id, true), (overdue.Id, overdue.Overdue));
        var missing = Assert.Single((await monitoring.Plans().ListPlansAsync(new ListPlansRequest { Overdue = true })).Plans);
        Assert.Equal((monitored.Id, "2024-04-11", true, ""), (missing.HouseholdId, missing.DueDate, missing.Overdue, missing.Id));

        var late = await monitoring.Plans().EnterPlanAsync(new EnterPlanRequest
        {
            PlanId = MonitoringFixture.NewId(), Plan = MonitoringFixture.NewPlan(monitored.Id),
        });
        Assert.True(late.Overdue);
        Assert.Empty((await monitoring.Plans().ListPlansAsync(new ListPlansRequest { Overdue = true })).Plans);
        Assert.Single((await monitoring.Plans().ListPlansAsync(new ListPlansRequest { HouseholdId = monitored.Id })).Plans);
    }
}
