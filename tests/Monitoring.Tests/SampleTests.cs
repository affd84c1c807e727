using Governance.Support;
using Xunit;

namespace Governance.Monitoring.Tests;

public sealed class SampleTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    static readonly string _sample = SampleCounty.Csv(SampleCounty.HouseholdHeader, SampleCounty.HouseholdRows());

    [Theory]
    [InlineData("households.csv")]
    [InlineData("incomes.csv")]
    [InlineData("households-malformed.csv")]
    public async Task The_sample_files_are_those_of_the_generator(string name)
    {
        var expected = name switch
        {
            "households.csv" => _sample,
            "incomes.csv" => SampleCounty.Csv(SampleCounty.IncomeHeader, SampleCounty.IncomeRows()),
            _ => SampleCounty.MalformedFile,
        };
        var path = Path.Combine(Repository.Root, "services", "monitoring", "samples", name);
        if (Environment.GetEnvironmentVariable("UPDATE_SAMPLES") is not null)
            await File.WriteAllTextAsync(path, expected);
        Assert.True(expected == await File.ReadAllTextAsync(path),
            $"{name} differs from the generator; run this test with UPDATE_SAMPLES=1 to write it anew.");
    }

    [Fact]
    public async Task The_sample_county_is_taken_in_once_however_often_it_is_sent()
    {
        var rehearsed = await monitoring.ImportHouseholds(_sample, dryRun: true);
        Assert.Equal((SampleCounty.HouseholdRows().Count(), SampleCounty.SampleHouseholds, 0, 0, 0),
            (rehearsed.Rows, rehearsed.Created, rehearsed.Updated, rehearsed.Unchanged, rehearsed.Rejected));
        Assert.Equal(0, await Count("households"));

        var first = await monitoring.ImportHouseholds(_sample);
        Assert.Equal((SampleCounty.SampleHouseholds, 0), (first.Created, first.Rejected));
        Assert.Equal(SampleCounty.HouseholdRows().Count(), await Count("members"));
        Assert.Equal(SampleCounty.SampleHouseholds, (await monitoring.Events("governance.monitoring.v1.HouseholdRegistered")).Count);

        var again = await monitoring.ImportHouseholds(_sample);
        Assert.Equal((0, 0, SampleCounty.SampleHouseholds, 0), (again.Created, again.Updated, again.Unchanged, again.Rejected));
        Assert.Equal(SampleCounty.SampleHouseholds, (await monitoring.Events()).Count);

        var changed = await monitoring.ImportHouseholds(_sample.Replace("SL00000001,619901001001", "SL00000001,619901001002",
            StringComparison.Ordinal));
        Assert.Equal((0, 1, SampleCounty.SampleHouseholds - 1), (changed.Created, changed.Updated, changed.Unchanged));
        var moved = Assert.Single(await monitoring.Events("governance.monitoring.v1.HouseholdMoved"));
        Assert.Equal(("619901001002", "619901001001"), (moved.GetProperty("division").GetString(),
            moved.GetProperty("data").GetProperty("fromDivision").GetString()));

        var incomes = SampleCounty.Csv(SampleCounty.IncomeHeader, SampleCounty.IncomeRows());
        Assert.Equal((SampleCounty.SampleHouseholds * 5, 0), await Imported(incomes));
        Assert.Equal((0, 0), await Imported(incomes));

        async Task<(int Created, int Rejected)> Imported(string csv)
        {
            var report = await monitoring.ImportIncomes(csv);
            return (report.Created, report.Rejected);
        }
    }

    async Task<int> Count(string table) => (int)(await monitoring.Database.Query<long>($"select count(*) from {table}")).Single();
}
