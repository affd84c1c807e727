using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Indicators;
using Governance.Platform.Policies;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Figures of coverage with their targets and the rows behind them.</summary>
public sealed class IndicatorTests : IAsyncLifetime
{
    // Figures count everything: every test has a service of its own.
    readonly MonitoringFixture _monitoring = new();

    public ValueTask InitializeAsync() => _monitoring.InitializeAsync();

    public ValueTask DisposeAsync() => _monitoring.DisposeAsync();

    [Fact]
    public async Task Every_figure_counts_what_it_says_and_drills_down_to_what_is_missing()
    {
        await _monitoring.Register();
        // General and not monitored: of no concern to most figures.
        var general = _monitoring.NewHousehold();
        general.Category = HouseholdCategory.General;
        general.DwellingGrade = DwellingGrade.D;
        await _monitoring.Register(general);
        var child = _monitoring.NewMember(Relation.Son, 2012);
        (child.Insurance, child.SchoolStatus) = (Insurance.Uninsured, SchoolStatus.SuspectedDropOut);
        var pupil = _monitoring.NewMember(Relation.Daughter, 2013);
        pupil.SchoolStatus = SchoolStatus.Enrolled;
        var poor = _monitoring.NewHousehold(_monitoring.NewMember(), child, pupil);
        (poor.DwellingGrade, poor.WaterSafety) = (DwellingGrade.C, WaterSafety.Unspecified);
        var registered = await _monitoring.Register(poor);
        var monitored = await _monitoring.Monitored();
        await _monitoring.Incomes().RecordIncomeAsync(new RecordIncomeRequest
        {
            HouseholdId = monitored.Id, Income = new V1.Income { Year = 2023, Quarter = 4, WageFen = 1 },
        });
        // Too late, and never.
        var late = await _monitoring.Report(registered.Id, "2024-03-01");
        await _monitoring.Clues().RefuteClueAsync(new RefuteClueRequest { ClueId = late.Id, Reason = "情况不属实" });
        await _monitoring.Report(registered.Id, "2024-03-02");

        Assert.Equal(
            [
                "monitoring.identified_in_time 1/3", "monitoring.in_school 1/2", "monitoring.income_recorded 1/3", "monitoring.insured 4/5",
                "monitoring.plans_in_time 0/0", "monitoring.safe_dwelling 2/3", "monitoring.safe_water 2/3",
            ],
            (await Client().ListIndicatorsAsync(new ListIndicatorsRequest())).Indicators.Where(figure => _known.Contains(figure.Id))
                .Select(figure => $"{figure.Id} {figure.Numerator}/{figure.Denominator}"));
        var missing = Assert.Single((await Client().DrillIndicatorAsync(new DrillIndicatorRequest { IndicatorId = "monitoring.insured" })).Rows, row => !row.Counted);
        Assert.Equal((registered.Members.Single(member => member.Relation == Relation.Son).Id, poor.Number, MonitoringFixture.Village), (missing.Id, missing.Name, missing.Division));

        _monitoring.Clock.Advance(TimeSpan.FromDays(20));
        Assert.Equal((0L, 1L), await Figure("monitoring.plans_in_time"));
        Assert.Equal(monitored.Id, Assert.Single((await Client().DrillIndicatorAsync(new DrillIndicatorRequest { IndicatorId = "monitoring.plans_in_time" })).Rows).Id);
        await _monitoring.Services.GetRequiredService<IndicatorWatch>().Tick(default);
        Assert.Contains(await _monitoring.Events("governance.common.v1.IndicatorUnderTarget"),
            @event => @event.GetProperty("subject").GetString() == $"monitoring.safe_dwelling/{MonitoringFixture.County}");

        Assert.Equal(0, (await Client(MonitoringFixture.Neighbour).ListIndicatorsAsync(new ListIndicatorsRequest())).Indicators.Sum(figure => figure.Denominator));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(
            Client(MonitoringFixture.Neighbour).DrillIndicatorAsync(new DrillIndicatorRequest { IndicatorId = "monitoring.insured", Division = MonitoringFixture.County }))).Status);
    }

    [Fact]
    public async Task A_clue_of_a_household_that_is_monitored_already_is_identified_by_nobody_and_counts_neither_way()
    {
        var before = await Figure("monitoring.identified_in_time");
        var household = _monitoring.NewHousehold();
        household.WaterSafety = WaterSafety.Unsafe;
        await _monitoring.Monitored(household);
        var identified = await Figure("monitoring.identified_in_time");
        Assert.Equal((before.Numerator + 1, before.Denominator + 1), identified);
        var run = await _monitoring.Screening().RunScreeningAsync(new RunScreeningRequest());
        Assert.Contains(run.Rules, rule => rule.Rule == Rules.UnsafeWater.Code && rule.Raised > 0);
        Assert.Equal(identified, await Figure("monitoring.identified_in_time"));
    }

    [Fact]
    public async Task A_quarter_is_asked_for_once_the_days_for_collecting_it_are_over()
    {
        var household = await _monitoring.Register();
        await _monitoring.Incomes().RecordIncomeAsync(new RecordIncomeRequest { HouseholdId = household.Id, Income = new V1.Income { Year = 2024, Quarter = 1, WageFen = 1 } });
        var policies = _monitoring.Services.GetRequiredService<PolicyBook>();
        // The last quarter of 2023 is asked for, and was not recorded; where a county gives no days, the first of 2024 is.
        Assert.Equal(0, await Recorded(policies));
        Assert.Equal(1, await Recorded(policies.With(MonitoringPolicies.IncomeCollectionDays, MonitoringFixture.County, "0")!));
        Assert.Equal(0, await Recorded(policies.With(MonitoringPolicies.IncomeCollectionDays, MonitoringFixture.Neighbour, "0")!));
        _monitoring.Clock.Set(new DateTimeOffset(2024, 4, 30, 1, 0, 0, TimeSpan.Zero));
        Assert.Equal(0, await Recorded(policies));
        _monitoring.Clock.Set(new DateTimeOffset(2024, 5, 1, 1, 0, 0, TimeSpan.Zero));
        Assert.Equal(1, await Recorded(policies));

        Task<long> Recorded(PolicyBook book) => _monitoring.Services.GetRequiredService<Database>().TransactAsSystem("test", async transaction =>
        {
            var rows = await transaction.RowsBehind("monitoring.income_recorded", book, MonitoringFixture.County, Platform.Rpc.Page.From(1000, ""));
            return rows.LongCount(row => row.Counted && row.Id == household.Id);
        }, default);
    }

    async Task<(long Numerator, long Denominator)> Figure(string id)
    {
        var figure = (await Client().ListIndicatorsAsync(new ListIndicatorsRequest())).Indicators.Single(figure => figure.Id == id);
        return (figure.Numerator, figure.Denominator);
    }

    static readonly string[] _known =
    [
        "monitoring.identified_in_time", "monitoring.in_school", "monitoring.income_recorded", "monitoring.insured", "monitoring.plans_in_time",
        "monitoring.safe_dwelling", "monitoring.safe_water",
    ];

    V1.Indicators.IndicatorsClient Client(string division = MonitoringFixture.County) => new(_monitoring.Officer(division));
}
