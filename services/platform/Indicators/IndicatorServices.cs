using Governance.Platform.Policies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Governance.Platform.Indicators;

public static class IndicatorServices
{
    /// <summary>Declares an indicator, and its target as a policy that the service asks for.</summary>
    public static ServiceBuilder Indicator(this ServiceBuilder service, Indicator indicator)
    {
        service.Services.AddSingleton(indicator);
        service.Services.AddSingleton<Policy>(indicator.Target);
        service.Services.TryAddSingleton<IndicatorDesk>();
        return service.AddPolicyBook();
    }
}
