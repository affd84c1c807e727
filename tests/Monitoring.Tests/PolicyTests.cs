using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Which numbers apply where, since when, and what comes next.</summary>
public sealed class PolicyTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    Policies.PoliciesClient Client(string division) => new(monitoring.Officer(division));

    [Fact]
    public async Task A_value_says_its_unit_its_source_its_days_and_its_next_change()
    {
        var policies = (await Client("61").ListPoliciesAsync(new ListPoliciesRequest())).Policies;
        Assert.All(policies, policy => Assert.StartsWith("monitoring.", policy.Id, StringComparison.Ordinal));
        Assert.Equal(policies.Select(policy => policy.Id).Order(StringComparer.Ordinal), policies.Select(policy => policy.Id));
        var line = policies.Single(policy => policy.Id == "monitoring.income_line");
        Assert.Equal(("7500 yuan", "yuan", "2024-01-01", "2024-12-31", "2025-01-01", "8000 yuan"),
            (line.Citation.Value, line.Unit, line.FromDate, line.UntilDate, line.NextDate, line.Next.Value));
        Assert.NotEqual("", line.Citation.Source);
        var age = policies.Single(policy => policy.Id == "monitoring.elderly_age");
        Assert.Equal(("60", "count", "", "", "", null), (age.Citation.Value, age.Unit, age.FromDate, age.UntilDate, age.NextDate, age.Next));
    }

    [Fact]
    public async Task A_county_s_own_value_is_listed_until_its_last_day()
    {
        var day = (await Client("610429").ListPoliciesAsync(new ListPoliciesRequest { Date = "2024-03-28" })).Policies.Single(policy => policy.Id == "monitoring.plan.days");
        Assert.Equal(("default", "2024-03-29", "610429"), (day.Citation.Division, day.NextDate, day.Next.Division));
        var subsidy = (await Client("61").ListPoliciesAsync(new ListPoliciesRequest { Division = "610429001001", Date = "2024-12-31" })).Policies
            .Single(policy => policy.Id == "monitoring.insurance_subsidy.destitute");
        Assert.Equal(("610429", "2025-01-01", "default"), (subsidy.Citation.Division, subsidy.NextDate, subsidy.Next.Division));
    }

    [Theory]
    [InlineData("619902", "", StatusCode.NotFound)]
    [InlineData("6199x", "", StatusCode.InvalidArgument)]
    [InlineData("", "2024-02-30", StatusCode.InvalidArgument)]
    public async Task A_division_or_day_that_cannot_be_asked_about_is_refused(string division, string date, StatusCode status) =>
        Assert.Equal(status, (await MonitoringFixture.Refused(Client(MonitoringFixture.County).ListPoliciesAsync(
            new ListPoliciesRequest { Division = division, Date = date }))).Status);
}
