using Microsoft.Extensions.Configuration;

namespace Dapr;

/// <summary>The settings that Dapr hands to an application, read from configuration first and the environment second.</summary>
static class DaprDefaults
{
    /// <summary>Where the sidecar listens: DAPR_HTTP_ENDPOINT, else the local port DAPR_HTTP_PORT, else port 3500.</summary>
    public static string HttpEndpoint(IConfiguration? configuration) =>
        Setting(configuration, "DAPR_HTTP_ENDPOINT") ?? $"http://127.0.0.1:{Setting(configuration, "DAPR_HTTP_PORT") ?? "3500"}";

    /// <summary>The token that the sidecar asks of the application: DAPR_API_TOKEN.</summary>
    public static string? ApiToken(IConfiguration? configuration) => Setting(configuration, "DAPR_API_TOKEN");

    /// <summary>The token by which the application knows its sidecar: APP_API_TOKEN.</summary>
    public static string? AppApiToken(IConfiguration? configuration) => Setting(configuration, "APP_API_TOKEN");

    static string? Setting(IConfiguration? configuration, string name) =>
        NullWhenEmpty(configuration?[name]) ?? NullWhenEmpty(Environment.GetEnvironmentVariable(name));

    static string? NullWhenEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
