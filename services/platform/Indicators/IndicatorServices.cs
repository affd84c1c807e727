using Governance.Platform.Policies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Governance.Platform.Indicators;

public static class IndicatorServices
{
    /// <summary>Declares an indicator, and its target and last day as policies that the service asks for.</summary>
    public static ServiceBuilder Indicator(this ServiceBuilder service, Indicator indicator)
    {
        service.Services.AddSingleton(indicator);
        service.Services.AddSingleton<Policy>(indicator.Target);
        if (indicator.Due is not null)
            service.Services.AddSingleton<Policy>(indicator.Due);
        service.Services.TryAddSingleton<IndicatorDesk>();
        service.Services.TryAddSingleton<IndicatorWatch>();
        service.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, IndicatorWatch>(
            provider => provider.GetRequiredService<IndicatorWatch>()));
        return service.AddPolicyBook();
    }
}
