using Governance.Organizations.V1;
using Grpc.Core;
using Xunit;
using static Governance.Organizations.Tests.OrganizationsFixture;

namespace Governance.Organizations.Tests;

public sealed class IndicatorsTests(OrganizationsFixture service) : IClassFixture<OrganizationsFixture>
{
    [Fact]
    public async Task Coverage_is_measured_against_its_target_in_the_callers_division_and_drills_down_to_the_settlements()
    {
        var covered = await service.Settlement(500, with: settlement => settlement.PartyCoveredBy = settlement.CommitteeCoveredBy = "甲四村");
        var uncovered = await service.Settlement(5000);
        await service.Settlement(5000, "619902100001");

        var client = Client(County);
        var coverage = (await client.ListIndicatorsAsync(new())).Indicators.Single(indicator => indicator.Id == "organizations.coverage");
        Assert.Equal((1L, 2L, 0.5, 1.0, false), (coverage.Numerator, coverage.Denominator, coverage.Value, coverage.Target, coverage.Met));
        Assert.Equal("S0 三(一)", coverage.Citation.Source);
        Assert.Equal("安置点党组织和自治组织覆盖率", coverage.Title);
        var province = (await Client(Province).ListIndicatorsAsync(new())).Indicators
            .Single(indicator => indicator.Id == "organizations.coverage");
        Assert.Equal((1L, 3L), (province.Numerator, province.Denominator));

        var rows = (await client.DrillIndicatorAsync(new() { IndicatorId = "organizations.coverage" })).Rows;
        Assert.Equal([(covered.Id, true), (uncovered.Id, false)], rows.Select(row => (row.Id, row.Counted)));
        await Refused.With(StatusCode.NotFound,
            () => client.DrillIndicatorAsync(new() { IndicatorId = "organizations.coverage", Division = Neighbour }));
        await Refused.With(StatusCode.NotFound, () => client.ListIndicatorsAsync(new() { Division = Neighbour }));
    }

    Indicators.IndicatorsClient Client(string division) => new(service.Officer(division));
}
