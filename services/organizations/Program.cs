using Governance.Platform;
using Governance.Platform.Indicators;
using Governance.Platform.Policies;
using Governance.Platform.Procedures;

namespace Governance.Organizations;

public static class Program
{
    public static Task Main(string[] args) => Service.Run("organizations", args, Configure);

    /// <summary>What the service serves and listens to.</summary>
    public static void Configure(ServiceBuilder service) => service
        .Rules(typeof(Rules))
        .Policies(typeof(OrganizationsPolicies))
        .Procedure(FoundingsService.Procedure, FoundingsService.OnProcedureCompleted)
        .Indicator(CoverageIndicator.Coverage)
        .Serve<DivisionsService>()
        .Serve<SettlementsService>()
        .Serve<PeopleService>()
        .Serve<GridsService>()
        .Serve<OrganizationsService>()
        .Serve<FoundingsService>()
        .Serve<ProceduresService>()
        .Serve<IndicatorsService>()
        .Serve<PoliciesService>()
        .Serve<OperationsService>();
}
