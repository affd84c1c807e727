using Dapr;
using Dapr.AspNetCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Authentication;

public static class DaprAuthenticationBuilderExtensions
{
    /// <summary>Adds the scheme "Dapr": the caller is this application's sidecar, which shows the token APP_API_TOKEN.</summary>
    public static AuthenticationBuilder AddDapr(this AuthenticationBuilder builder) => builder.AddDapr(_ => { });

    /// <inheritdoc cref="AddDapr(AuthenticationBuilder)"/>
    public static AuthenticationBuilder AddDapr(this AuthenticationBuilder builder, Action<DaprAuthenticationOptions> configureOptions)
    {
        builder.Services.AddOptions<DaprAuthenticationOptions>(DaprAuthenticationOptions.Scheme)
            .Configure<IServiceProvider>((options, services) =>
                options.Token = DaprDefaults.AppApiToken(services.GetService<IConfiguration>()));
        return builder.AddScheme<DaprAuthenticationOptions, DaprAuthenticationHandler>(DaprAuthenticationOptions.Scheme, configureOptions);
    }
}
