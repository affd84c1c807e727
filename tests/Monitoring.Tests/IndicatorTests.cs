using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Indicators;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Figures of coverage with their targets and the rows behind them.</summary>
public sealed class IndicatorTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task Every_figure_counts_what_it_says_and_drills_down_to_what_is_missing()
    {
        await monitoring.Register();
        // General and not monitored: of no concern to most figures.
        var general = monitoring.NewHousehold();
        general.Category = HouseholdCategory.General;
        general.DwellingGrade = DwellingGrade.D;
        await monitoring.Register(general);
        var child = monitoring.NewMember(Relation.Son, 2012);
        (child.Insurance, child.SchoolStatus) = (Insurance.Uninsured, SchoolStatus.SuspectedDropOut);
        var pupil = monitoring.NewMember(Relation.Daughter, 2013);
        pupil.SchoolStatus = SchoolStatus.Enrolled;
        var poor = monitoring.NewHousehold(monitoring.NewMember(), child, pupil);
        (poor.DwellingGrade, poor.WaterSafety) = (DwellingGrade.C, WaterSafety.Unspecified);
        var registered = await monitoring.Register(poor);
        var monitored = await monitoring.Monitored();
        await monitoring.Incomes().RecordIncomeAsync(new RecordIncomeRequest
        {
            HouseholdId = monitored.Id, Income = new V1.Income { Year = 2023, Quarter = 4, WageFen = 1 },
        });
        // Too late, and never.
        var late = await monitoring.Report(registered.Id, "2024-03-01");
        await monitoring.Clues().RefuteClueAsync(new RefuteClueRequest { ClueId = late.Id, Reason = "情况不属实" });
        await monitoring.Report(registered.Id, "2024-03-02");

        Assert.Equal(
            [
                "monitoring.identified_in_time 1/3", "monitoring.in_school 1/2", "monitoring.income_recorded 1/3", "monitoring.insured 4/5",
                "monitoring.plans_in_time 0/0", "monitoring.safe_dwelling 2/3", "monitoring.safe_water 2/3",
            ],
            (await Client().ListIndicatorsAsync(new ListIndicatorsRequest())).Indicators.Where(figure => _known.Contains(figure.Id))
                .Select(figure => $"{figure.Id} {figure.Numerator}/{figure.Denominator}"));
        var missing = Assert.Single((await Client().DrillIndicatorAsync(new DrillIndicatorRequest { IndicatorId = "monitoring.insured" })).Rows, row => !row.Counted);
        Assert.Equal((registered.Members.Single(member => member.Relation == Relation.Son).Id, poor.Number, MonitoringFixture.Village), (missing.Id, missing.Name, missing.Division));

        monitoring.Clock.Advance(TimeSpan.FromDays(20));
        Assert.Equal((0L, 1L), await PlansInTime());
        Assert.Equal(monitored.Id, Assert.Single((await Client().DrillIndicatorAsync(new DrillIndicatorRequest { IndicatorId = "monitoring.plans_in_time" })).Rows).Id);
        await monitoring.Services.GetRequiredService<IndicatorWatch>().Tick(default);
        Assert.Contains(await monitoring.Events("governance.common.v1.IndicatorUnderTarget"),
            @event => @event.GetProperty("subject").GetString() == $"monitoring.safe_dwelling/{MonitoringFixture.County}");

        Assert.Equal(0, (await Client(MonitoringFixture.Neighbour).ListIndicatorsAsync(new ListIndicatorsRequest())).Indicators.Sum(figure => figure.Denominator));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(
            Client(MonitoringFixture.Neighbour).DrillIndicatorAsync(new DrillIndicatorRequest { IndicatorId = "monitoring.insured", Division = MonitoringFixture.County }))).Status);

        async Task<(long, long)> PlansInTime()
        {
            var figure = (await Client().ListIndicatorsAsync(new ListIndicatorsRequest())).Indicators.Single(figure => figure.Id == "monitoring.plans_in_time");
            return (figure.Numerator, figure.Denominator);
        }
    }

    static readonly string[] _known =
    [
        "monitoring.identified_in_time", "monitoring.in_school", "monitoring.income_recorded", "monitoring.insured", "monitoring.plans_in_time",
        "monitoring.safe_dwelling", "monitoring.safe_water",
    ];

    V1.Indicators.IndicatorsClient Client(string division = MonitoringFixture.County) => new(monitoring.Officer(division));
}
