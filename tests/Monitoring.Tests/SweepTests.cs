using System.Text.Json;
using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Every household of a division is visited (MON-06).</summary>
public sealed class SweepTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static int _villages = 300;

    [Fact]
    public async Task A_sweep_is_over_when_every_household_was_visited_or_excused()
    {
        var (village, households) = await Village(4);
        var sweep = await Open(village);
        Assert.Equal((4, 4, "2024-04-01", ""), (sweep.Progress.Households, sweep.Progress.Waiting, sweep.OpenedDate, sweep.ClosedDate));
        // Who comes later is not in it.
        await Register(village);

        await Visit(sweep, households[0], VisitState.Visited);
        await Visit(sweep, households[1], VisitState.Absent);
        await Visit(sweep, households[2], VisitState.Excused, "全家常年在外务工，已电话核实");
        Assert.Equal((StatusCode.FailedPrecondition, Rules.AllVisited.Code), await Refused(sweep));
        await Visit(sweep, households[1], VisitState.Visited);
        var atRisk = await Visit(sweep, households[3], VisitState.Visited, "户主重病，家中无收入", atRisk: true);

        sweep = await monitoring.Sweeps().CloseSweepAsync(new CloseSweepRequest { SweepId = sweep.Id }, cancellationToken: Cancellation);
        Assert.Equal(("2024-04-01", "2024-09-28", "monitoring.sweep.interval.days"), (sweep.ClosedDate, sweep.NextDueDate, sweep.NextDueCitation.PolicyId));
        Assert.Equal((4, 0, 3, 0, 1, 1), (sweep.Progress.Households, sweep.Progress.Waiting, sweep.Progress.Visited, sweep.Progress.Absent, sweep.Progress.Excused, sweep.Progress.AtRisk));
        Assert.Equal(sweep, await monitoring.Sweeps().CloseSweepAsync(new CloseSweepRequest { SweepId = sweep.Id }, cancellationToken: Cancellation));
        var told = Assert.Single(await monitoring.Events("governance.monitoring.v1.SweepClosed"), @event => @event.GetProperty("subject").GetString() == sweep.Id).GetProperty("data");
        Assert.Equal((3, 1, 1), (told.GetProperty("visited").GetInt32(), told.GetProperty("excused").GetInt32(), told.GetProperty("atRisk").GetInt32()));

        // Should be in but is not: a clue.
        var clue = await monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = atRisk.ClueId }, cancellationToken: Cancellation);
        Assert.Equal((ClueSource.Sweep, households[3], "户主重病，家中无收入", "2024-04-16"), (clue.Source, clue.HouseholdId, clue.Description, clue.DueDate));

        Assert.Equal((StatusCode.FailedPrecondition, Rules.SweepOn.Code), await MonitoringFixture.Refused(monitoring.Sweeps().AssignVisitsAsync(
            new AssignVisitsRequest { SweepId = sweep.Id, Worker = "示例网格员", Division = village })));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.SweepOn.Code), await MonitoringFixture.Refused(monitoring.Sweeps().RecordSweepVisitAsync(
            Record(sweep, households[2], VisitState.Visited))));
    }

    [Fact]
    public async Task What_was_visited_is_not_rewritten_and_the_same_again_is_the_same()
    {
        var (village, households) = await Village(1);
        var sweep = await Open(village);
        var visit = await Visit(sweep, households[0], VisitState.Visited, "一切正常");
        Assert.Equal(visit, await Visit(sweep, households[0], VisitState.Visited, "一切正常"));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.VisitedAlready.Code), await MonitoringFixture.Refused(monitoring.Sweeps().RecordSweepVisitAsync(
            Record(sweep, households[0], VisitState.Absent))));
    }

    [Fact]
    public async Task A_monitored_household_at_risk_gets_no_clue()
    {
        var (village, _) = await Village(0);
        var household = monitoring.NewHousehold();
        household.Division = village;
        var monitored = await monitoring.Monitored(household);
        var visit = await Visit(await Open(village), monitored.Id, VisitState.Visited, "收入仍低", atRisk: true);
        Assert.Equal((true, ""), (visit.AtRisk, visit.ClueId));
    }

    [Fact]
    public async Task One_sweep_at_a_time_covers_a_household()
    {
        var (village, _) = await Village(1);
        var request = new OpenSweepRequest { SweepId = MonitoringFixture.NewId(), Sweep = new V1.Sweep { Division = village, Title = "春季集中排查", UntilDate = "2024-04-30" } };
        var sweep = await monitoring.Sweeps().OpenSweepAsync(request, cancellationToken: Cancellation);
        Assert.Equal(sweep, await monitoring.Sweeps().OpenSweepAsync(request, cancellationToken: Cancellation));
        Assert.Contains((await monitoring.Sweeps().ListSweepsAsync(new ListSweepsRequest { On = true }, cancellationToken: Cancellation)).Sweeps, other => other.Id == sweep.Id);
        request.Sweep.Title = "别的排查";
        Assert.Equal(StatusCode.AlreadyExists, (await MonitoringFixture.Refused(monitoring.Sweeps().OpenSweepAsync(request))).Status);

        foreach (var division in new[] { village, MonitoringFixture.County })
        {
            request = new OpenSweepRequest { SweepId = MonitoringFixture.NewId(), Sweep = new V1.Sweep { Division = division, Title = "集中排查", UntilDate = "2024-04-30" } };
            Assert.Equal((StatusCode.FailedPrecondition, Rules.OneSweep.Code), await MonitoringFixture.Refused(monitoring.Sweeps().OpenSweepAsync(request)));
        }
        request.Sweep.Division = "619901004";
        Assert.Equal((StatusCode.FailedPrecondition, Rules.NothingToSweep.Code), await MonitoringFixture.Refused(monitoring.Sweeps().OpenSweepAsync(request)));
        request.Sweep.Division = MonitoringFixture.Neighbour;
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Sweeps().OpenSweepAsync(request))).Status);
    }

    [Fact]
    public async Task Visits_are_given_to_grid_workers_and_progress_is_told_by_grid()
    {
        var (village, households) = await Village(1);
        var grid = MonitoringFixture.NewId();
        var there = monitoring.NewHousehold();
        (there.Division, there.GridId) = (village, grid);
        var inGrid = (await monitoring.Register(there)).Id;
        var sweep = await Open(village);
        Assert.Equal(1, (await monitoring.Sweeps().AssignVisitsAsync(new AssignVisitsRequest { SweepId = sweep.Id, Worker = "示例网格员甲", GridId = grid },
            cancellationToken: Cancellation)).Assigned);
        Assert.Equal(2, (await monitoring.Sweeps().AssignVisitsAsync(new AssignVisitsRequest { SweepId = sweep.Id, Worker = "示例网格员乙", Division = village },
            cancellationToken: Cancellation)).Assigned);
        await Visit(sweep, inGrid, VisitState.Visited);
        Assert.Equal(1, (await monitoring.Sweeps().AssignVisitsAsync(new AssignVisitsRequest { SweepId = sweep.Id, Worker = "示例网格员甲", Division = village },
            cancellationToken: Cancellation)).Assigned);

        var mine = await monitoring.Sweeps().ListVisitsAsync(new ListVisitsRequest { SweepId = sweep.Id, Worker = "示例网格员甲", State = VisitState.Waiting }, cancellationToken: Cancellation);
        Assert.Equal(households[0], Assert.Single(mine.Visits).HouseholdId);
        var parts = (await monitoring.Sweeps().ListSweepProgressAsync(new ListSweepProgressRequest { SweepId = sweep.Id }, cancellationToken: Cancellation)).Parts;
        Assert.Equal([("", 1, 0), (grid, 0, 1)], parts.Select(part => (part.GridId, part.Waiting, part.Visited)));
    }

    [Fact]
    public async Task A_village_sees_its_county_s_sweep_and_its_own_visits_and_cannot_close_it()
    {
        var (village, households) = await Village(1);
        var (other, _) = await Village(1, village[..9]);
        // The township that both lie in.
        var sweep = await Open(village[..9]);
        var worker = monitoring.Sweeps(village);
        var seen = await worker.GetSweepAsync(new GetSweepRequest { SweepId = sweep.Id }, cancellationToken: Cancellation);
        Assert.Equal((sweep.Id, 1), (seen.Id, seen.Progress.Households));
        Assert.Equal(households[0], Assert.Single((await worker.ListVisitsAsync(new ListVisitsRequest { SweepId = sweep.Id }, cancellationToken: Cancellation)).Visits).HouseholdId);
        await worker.RecordSweepVisitAsync(Record(sweep, households[0], VisitState.Visited), cancellationToken: Cancellation);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(worker.CloseSweepAsync(new CloseSweepRequest { SweepId = sweep.Id }))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Sweeps(other).RecordSweepVisitAsync(Record(sweep, households[0], VisitState.Absent)))).Status);
        var neighbour = monitoring.Sweeps(MonitoringFixture.Neighbour);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.GetSweepAsync(new GetSweepRequest { SweepId = sweep.Id }))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.ListSweepProgressAsync(new ListSweepProgressRequest { SweepId = sweep.Id }))).Status);
        Assert.DoesNotContain((await neighbour.ListSweepsAsync(new ListSweepsRequest(), cancellationToken: Cancellation)).Sweeps, shown => shown.Id == sweep.Id);
    }

    [Fact]
    public async Task Who_is_found_unregistered_is_registered_and_linked()
    {
        var (village, _) = await Village(1);
        var sweep = await Open(village);
        var request = new ReportUnregisteredRequest
        {
            SweepId = sweep.Id, UnregisteredId = MonitoringFixture.NewId(),
            Unregistered = new V1.Unregistered { Division = village, Description = "3 号楼租住，夫妻二人带一孩" },
        };
        var found = await monitoring.Sweeps().ReportUnregisteredAsync(request, cancellationToken: Cancellation);
        Assert.Equal(("2024-04-01", ""), (found.FoundDate, found.HouseholdId));
        Assert.Equal(found, await monitoring.Sweeps().ReportUnregisteredAsync(request, cancellationToken: Cancellation));
        Assert.Equal([found], (await monitoring.Sweeps().ListUnregisteredAsync(new ListUnregisteredRequest { SweepId = sweep.Id, Open = true }, cancellationToken: Cancellation)).Unregistered);

        var household = await Register(village);
        var link = new LinkUnregisteredRequest { UnregisteredId = found.Id, HouseholdId = household };
        Assert.Equal(household, (await monitoring.Sweeps().LinkUnregisteredAsync(link, cancellationToken: Cancellation)).HouseholdId);
        Assert.Equal(household, (await monitoring.Sweeps().LinkUnregisteredAsync(link, cancellationToken: Cancellation)).HouseholdId);
        Assert.Empty((await monitoring.Sweeps().ListUnregisteredAsync(new ListUnregisteredRequest { SweepId = sweep.Id, Open = true }, cancellationToken: Cancellation)).Unregistered);
        link.HouseholdId = await Register(village);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.LinkedAlready.Code), await MonitoringFixture.Refused(monitoring.Sweeps().LinkUnregisteredAsync(link)));

        request.UnregisteredId = MonitoringFixture.NewId();
        request.Unregistered.Division = MonitoringFixture.Village;
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Sweeps().ReportUnregisteredAsync(request))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Sweeps(MonitoringFixture.Neighbour).LinkUnregisteredAsync(link))).Status);
    }

    [Theory]
    [InlineData(VisitState.Waiting, "", false, "", "visit.state")]
    [InlineData(VisitState.Unspecified, "", false, "", "visit.state")]
    [InlineData(VisitState.Excused, "", false, "", "visit.note")]
    [InlineData(VisitState.Visited, "", true, "", "visit.note")]
    [InlineData(VisitState.Visited, "", false, "2024-04-02", "visit.visit_date")]
    [InlineData(VisitState.Visited, "", false, "2024-03-31", "visit.visit_date")]
    public async Task What_is_wrong_with_a_visit_is_named(VisitState state, string note, bool atRisk, string date, string field)
    {
        var (village, households) = await Village(1);
        var request = Record(await Open(village), households[0], state, note, atRisk);
        request.Visit.VisitDate = date;
        Assert.Equal([field], await MonitoringFixture.WrongFields(monitoring.Sweeps().RecordSweepVisitAsync(request, cancellationToken: Cancellation)));
    }

    [Theory]
    [InlineData("61990", "排查", "2024-04-30", "sweep.division")]
    [InlineData("619901", " ", "2024-04-30", "sweep.title")]
    [InlineData("619901", "排查", "", "sweep.until_date")]
    [InlineData("619901", "排查", "2024-03-31", "sweep.until_date")]
    public async Task What_is_wrong_with_a_sweep_is_named(string division, string title, string until, string field) =>
        Assert.Equal([field], await MonitoringFixture.WrongFields(monitoring.Sweeps().OpenSweepAsync(new OpenSweepRequest
        {
            SweepId = MonitoringFixture.NewId(), Sweep = new V1.Sweep { Division = division, Title = title, UntilDate = until },
        }, cancellationToken: Cancellation)));

    /// <summary>A new village with so many households, in a township of its own unless one is given.</summary>
    async Task<(string Division, string[] Households)> Village(int households, string? township = null)
    {
        var number = Interlocked.Increment(ref _villages);
        var village = $"{township ?? $"619901{number:000}"}{number:000}";
        Assert.Equal(200, await monitoring.Deliver("organizations", JsonSerializer.Serialize(new
        {
            specversion = "1.0", id = MonitoringFixture.NewId(), type = "governance.organizations.v1.DivisionChanged", source = "/governance/organizations",
            subject = village, division = village, sequence = "1", data = new { code = village, name = "示例村", version = 1 },
        })));
        return (village, await Task.WhenAll(Enumerable.Range(0, households).Select(_ => Register(village))));
    }

    async Task<string> Register(string village)
    {
        var household = monitoring.NewHousehold();
        household.Division = village;
        return (await monitoring.Register(household)).Id;
    }

    async Task<V1.Sweep> Open(string division) => await monitoring.Sweeps().OpenSweepAsync(new OpenSweepRequest
    {
        SweepId = MonitoringFixture.NewId(), Sweep = new V1.Sweep { Division = division, Title = "集中排查", UntilDate = "2024-04-30" },
    }, cancellationToken: Cancellation);

    async Task<V1.Visit> Visit(V1.Sweep sweep, string household, VisitState state, string note = "", bool atRisk = false) =>
        await monitoring.Sweeps().RecordSweepVisitAsync(Record(sweep, household, state, note, atRisk), cancellationToken: Cancellation);

    Task<(StatusCode, string)> Refused(V1.Sweep sweep) => MonitoringFixture.Refused(monitoring.Sweeps().CloseSweepAsync(new CloseSweepRequest { SweepId = sweep.Id }));

    static RecordSweepVisitRequest Record(V1.Sweep sweep, string household, VisitState state, string note = "", bool atRisk = false) => new()
    {
        SweepId = sweep.Id, HouseholdId = household, Visit = new V1.Visit { State = state, Note = note, AtRisk = atRisk },
    };
}
