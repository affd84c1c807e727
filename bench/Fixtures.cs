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
}

static class Everything
{
    public static string[] Permissions { get; } = [.. Contract.Methods.Select(Contract.Permission).Distinct(StringComparer.Ordinal)];
}
