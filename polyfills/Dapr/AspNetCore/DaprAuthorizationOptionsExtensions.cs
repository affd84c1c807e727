using Dapr.AspNetCore;

namespace Microsoft.AspNetCore.Authorization;

public static class DaprAuthorizationOptionsExtensions
{
    /// <summary>Adds the policy <paramref name="name"/>: only this application's sidecar may call.</summary>
    public static void AddDapr(this AuthorizationOptions options, string name = "Dapr") =>
        options.AddPolicy(name, policy => policy.AddAuthenticationSchemes(DaprAuthenticationOptions.Scheme).RequireAuthenticatedUser());
}
