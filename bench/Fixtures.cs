using Governance.Contracts;
using Governance.Support;

namespace Governance.Bench;

/// <summary>The services as tests run them: real host, real database. What is measured is what is shipped.</summary>
sealed class OrganizationsService() : ServiceFixture("organizations", Organizations.Program.Configure);

sealed class MonitoringService() : ServiceFixture("monitoring", Monitoring.Program.Configure);

/// <summary>Monitoring with the people of a whole province.</summary>
sealed class ProvinceService() : ServiceFixture("monitoring", Monitoring.Program.Configure)
{
    protected override Task<TestDatabase> CreateDatabase() => SampleProvince.Database(() => new MonitoringService());

    /// <summary>Starts the service and waits until its clocks have done what they found due: a province's indicators take a while.</summary>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        for (var quiet = 0; quiet < 20; quiet++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            if ((await Database.Query<bool>("select exists (select from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid())")).Single())
                quiet = 0;
        }
    }
}

static class Everything
{
    public static string[] Permissions { get; } = [.. Contract.Methods.Select(Contract.Permission).Distinct(StringComparer.Ordinal)];
}
