using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using Governance.Polyfills.Tests.Dapr;
using Keycloak.AuthServices.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Polyfills.Tests.Keycloak;

/// <summary>An application that is protected as the suite's services are.</summary>
sealed class Api : IAsyncDisposable
{
    readonly HttpClient _http = new();
    readonly WebServer _server;

    Api(WebServer server) => _server = server;

    /// <summary>Starts with <paramref name="settings"/> over those of client sample-api in the realm.</summary>
    public static async Task<Api> Start(Realm realm, params (string Key, string Value)[] settings) => new(await WebServer.Start(
        builder =>
        {
            var configuration = builder.Configuration;
            configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Keycloak:realm"] = "sample",
                ["Keycloak:auth-server-url"] = realm.Url,
                ["Keycloak:resource"] = "sample-api",
                ["Keycloak:ssl-required"] = "none",
            });
            configuration.AddInMemoryCollection(
                settings.Select(setting => KeyValuePair.Create($"Keycloak:{setting.Key}", (string?)setting.Value)));
            builder.Services.AddKeycloakWebApiAuthentication(configuration, bearer => bearer.MapInboundClaims = false);
            builder.Services.AddKeycloakAuthorization(configuration);
            builder.Services.AddAuthorizationBuilder()
                .AddPolicy("realm", policy => policy.RequireRealmRoles("county-officer", "township-officer"))
                .AddPolicy("resource", policy => policy.RequireResourceRoles("households.read", "households.write"))
                .AddPolicy("role", policy => policy.RequireRole("households.read"));
        },
        app =>
        {
            app.MapGet("/", (ClaimsPrincipal user) => user.Identity!.Name).RequireAuthorization();
            app.MapGet("/roles", (ClaimsPrincipal user) => string.Join(' ', user.FindAll("role").Select(claim => claim.Value).Order()))
                .RequireAuthorization();
            app.MapGet("/realm", () => "").RequireAuthorization("realm");
            app.MapGet("/resource", () => "").RequireAuthorization("resource");
            app.MapGet("/role", () => "").RequireAuthorization("role");
        }));

    public async Task<(HttpStatusCode Status, string Body)> Get(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _server.Address + path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<HttpStatusCode> Status(string path, string? token) => (await Get(path, token)).Status;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }
}
