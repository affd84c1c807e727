using Governance.Platform;
using Governance.Platform.Indicators;
using Governance.Platform.Policies;
using Governance.Platform.Procedures;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Monitoring;

public static class Program
{
    public static Task Main(string[] args) => Service.Run("monitoring", args, Configure);

    /// <summary>What the service serves and listens to.</summary>
    public static void Configure(ServiceBuilder service)
    {
        service
            .Rules(typeof(Rules))
            .Policies(typeof(MonitoringPolicies))
            .KeepDirectories()
            .Procedure(Identification.Definition, Identification.Completed)
            .Procedure(ClearancesService.Definition, ClearancesService.Completed)
            .Procedure(ExitProcedure.Definition, ExitProcedure.Completed, ExitProcedure.Stepped)
            .Serve<HouseholdsService>()
            .Serve<IncomesService>()
            .Serve<CluesService>()
            .Serve<ScreeningService>()
            .Serve<PlansService>()
            .Serve<ClearancesService>()
            .Serve<ExitsService>()
            .Serve<ProceduresService>()
            .Serve<IndicatorsService>()
            .Serve<OperationsService>();
        foreach (var indicator in MonitoringIndicators.All)
            service.Indicator(indicator);
        service.Services.AddSingleton<ClueClock>();
        service.Services.AddHostedService(provider => provider.GetRequiredService<ClueClock>());
    }
}
