using System.Globalization;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Other policies tried beside those of today, runs that are kept, and runs by themselves (MON-05).</summary>
public sealed class RehearsalTests(ScreenedCounty county) : IClassFixture<ScreenedCounty>
{
    readonly MonitoringFixture _monitoring = county.Monitoring;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_higher_line_shows_who_would_enter_and_why_and_changes_nothing()
    {
        var household = await HouseholdOf(11_900);
        var before = await Everything();
        var answer = await Rehearse(new RehearseScreeningRequest { Changes = { new PolicyChange { PolicyId = "monitoring.income_line", Value = "12000" } } });
        Assert.Contains(answer.Differences, difference => difference.HouseholdId == household);
        var line = answer.Rules.Single(rule => rule.Rule == Rules.IncomeBelowLine.Code);
        Assert.Equal((0, line.Live + line.Enter), (line.Leave, line.Tried));
        Assert.All(answer.Rules.Where(rule => rule.Rule != line.Rule), rule => Assert.Equal((0, 0), (rule.Enter, rule.Leave)));
        Assert.Equal(line.Enter, answer.Differences.Count);
        Assert.All(answer.Differences, difference =>
        {
            Assert.True(difference.Enters);
            Assert.Equal(("7500 yuan", "12000 yuan", "tried"), (difference.Live.Value, difference.Tried.Value, difference.Tried.Version));
            Assert.EndsWith("低于监测线 12000 元。", difference.Explanation, StringComparison.Ordinal);
        });
        Assert.InRange(answer.HouseholdsEntering, 1, line.Enter);
        Assert.Equal(before, await Everything());
    }

    [Fact]
    public async Task A_rule_that_is_turned_off_in_one_village_loses_its_households_there()
    {
        var answer = await Rehearse(new RehearseScreeningRequest
        {
            Changes = { new PolicyChange { PolicyId = "monitoring.screening.unsafe_water", Division = MonitoringFixture.Village, Value = "false" } },
        });
        var water = answer.Rules.Single(rule => rule.Rule == Rules.UnsafeWater.Code);
        var there = (await _monitoring.Database.Query<long>($"select count(*) from households where water_safety = 2 and division = '{MonitoringFixture.Village}'")).Single();
        Assert.Equal((there, 0L), ((long)water.Leave, (long)water.Enter));
        Assert.All(answer.Differences, difference => Assert.Equal((false, MonitoringFixture.Village, "true", "false", "饮水不安全。"),
            (difference.Enters, difference.Division, difference.Live.Value, difference.Tried.Value, difference.Explanation)));
    }

    [Fact]
    public async Task The_policies_of_a_later_date_are_tried_before_their_day()
    {
        var household = await HouseholdOf(7_700);
        Assert.Empty((await Rehearse(new RehearseScreeningRequest())).Differences);
        var answer = await Rehearse(new RehearseScreeningRequest { Date = "2025-01-01" });
        Assert.Contains(answer.Differences, difference => difference.HouseholdId == household && difference.Enters);
        Assert.All(answer.Differences, difference => Assert.Equal(("7500 yuan", "8000 yuan"), (difference.Live.Value, difference.Tried.Value)));
        Assert.Equal(answer.Rules.Sum(rule => rule.Enter + rule.Leave), answer.Differences.Count);
    }

    [Fact]
    public async Task Differences_come_page_by_page()
    {
        var request = new RehearseScreeningRequest { Changes = { new PolicyChange { PolicyId = "monitoring.screening.income_drop", Value = "false" } }, PageSize = 1000 };
        var all = (await Rehearse(request)).Differences;
        Assert.True(all.Count > 3);
        var paged = new List<ScreeningDifference>();
        request.PageSize = 2;
        do
        {
            var page = await Rehearse(request);
            paged.AddRange(page.Differences);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(all, paged);
    }

    [Theory]
    [InlineData("monitoring.plan.days", "3", "changes[0].policy_id")]
    [InlineData("monitoring.income_line", "much", "changes[0].value")]
    [InlineData("monitoring.income_line", "", "changes[0].value")]
    [InlineData("monitoring.screening.drop_out", "no", "changes[0].value")]
    public async Task A_change_that_is_none_is_named(string policy, string value, string field)
    {
        Assert.Equal([field], await MonitoringFixture.WrongFields(_monitoring.Screening().RehearseScreeningAsync(
            new RehearseScreeningRequest { Changes = { new PolicyChange { PolicyId = policy, Value = value } } }, cancellationToken: Cancellation)));
    }

    [Fact]
    public async Task A_neighbour_s_county_is_neither_tried_nor_are_its_runs_seen()
    {
        var neighbour = _monitoring.Screening(MonitoringFixture.Neighbour);
        var answer = await neighbour.RehearseScreeningAsync(new RehearseScreeningRequest { Division = MonitoringFixture.County, Changes =
            { new PolicyChange { PolicyId = "monitoring.income_line", Value = "12000" } } }, cancellationToken: Cancellation);
        Assert.Empty(answer.Differences);
        Assert.Empty((await neighbour.ListScreeningRunsAsync(new ListScreeningRunsRequest { Division = MonitoringFixture.County }, cancellationToken: Cancellation)).Runs);
    }

    [Fact]
    public async Task A_run_is_kept_with_what_it_did_and_by_which_policies()
    {
        var answer = await _monitoring.Screening().RunScreeningAsync(new RunScreeningRequest(), cancellationToken: Cancellation);
        var runs = await _monitoring.Screening().ListScreeningRunsAsync(new ListScreeningRunsRequest(), cancellationToken: Cancellation);
        var run = runs.Runs.Single(run => run.Id == answer.ScreeningRunId);
        Assert.Equal(answer.Rules, run.Rules);
        Assert.Equal((MonitoringFixture.County, false, answer.Households), (run.Division, run.Scheduled, run.Households));
        Assert.Equal(run.Citations.Count, run.Citations.Distinct().Count());
        Assert.Contains(run.Citations, citation => citation is { PolicyId: "monitoring.income_line", Value: "7500 yuan" } && citation.Version.Length == 12);
        Assert.Contains(runs.Runs, run => run.Id == county.First.ScreeningRunId);
        Assert.Equal(runs.Runs.OrderByDescending(run => run.Id, StringComparer.Ordinal), runs.Runs);
    }

    [Fact]
    public async Task Screening_runs_by_itself_once_a_night_county_by_county()
    {
        var now = _monitoring.Clock.GetUtcNow();
        try
        {
            await Tick("2024-04-02T01:59");
            Assert.Equal(0, await Scheduled());
            await Tick("2024-04-02T02:00");
            // Both counties of the sample have households; the one that nobody screened by hand is screened, too.
            Assert.Equal(["619901", "619902"], await _monitoring.Database.Query<string>("select division from screening_runs where scheduled order by division"));
            await Tick("2024-04-02T23:00");
            Assert.Equal(2, await Scheduled());
            await Tick("2024-04-03T02:00");
            Assert.Equal(4, await Scheduled());
        }
        finally
        {
            _monitoring.Clock.Set(now);
        }

        async Task<long> Scheduled() => (await _monitoring.Database.Query<long>("select count(*) from screening_runs where scheduled")).Single();

        async Task Tick(string shanghai)
        {
            _monitoring.Clock.Set(DateTimeOffset.Parse($"{shanghai}+08:00", CultureInfo.InvariantCulture).ToUniversalTime());
            await _monitoring.Services.GetRequiredService<ScreeningClock>().Tick(Cancellation);
        }
    }

    async Task<string> HouseholdOf(int yuanAYear)
    {
        var household = await _monitoring.Register();
        await _monitoring.RecordYear(household.Id, yuanAYear * 100L / 4);
        return household.Id;
    }

    async Task<RehearseScreeningResponse> Rehearse(RehearseScreeningRequest request) =>
        await _monitoring.Screening().RehearseScreeningAsync(request, cancellationToken: Cancellation);

    async Task<string> Everything() => (await _monitoring.Database.Query<string>(
        "select (select md5(string_agg(clues::text, '' order by id)) from clues) || (select count(*) from outbox) || (select count(*) from screening_runs)")).Single();
}
