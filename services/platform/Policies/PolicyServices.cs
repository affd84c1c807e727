using Governance.Platform.Procedures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Governance.Platform.Policies;

public static class PolicyServices
{
    /// <summary>
    /// Declares what the service asks the policy files for: the public static <see cref="Policy{T}"/> fields of
    /// <paramref name="declarations"/>. Files that do not answer all of it, with the right units, keep the service from starting.
    /// </summary>
    public static ServiceBuilder Policies(this ServiceBuilder service, Type declarations)
    {
        foreach (var policy in PolicyBook.DeclaredIn(declarations))
            service.Services.AddSingleton(policy);
        return service.AddPolicyBook();
    }

    internal static ServiceBuilder AddPolicyBook(this ServiceBuilder service)
    {
        service.Services.TryAddSingleton(provider => PolicyBook.Load(
            service.Configuration["Policies:Path"] ?? PolicyBook.DefaultFolder(),
            provider.GetServices<Policy>(),
            provider.GetServices<ProcedureReaction>().Select(reaction => reaction.Definition)));
        service.Services.TryAddSingleton(provider => new PolicyDesk(service.Name, provider.GetRequiredService<PolicyBook>(), provider.GetRequiredService<TimeProvider>()));
        return service;
    }
}
