using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Governance.Support;

/// <summary>
/// A realm that signs whatever token a test wants: any division, any set of permissions. Services check its tokens as they check
/// Keycloak's: discovery, keys, issuer, audience, roles.
/// </summary>
public sealed class TestIdentity : IAsyncDisposable
{
    public const string Audience = "governance-api";

    static readonly Lazy<Task<TestIdentity>> _shared = new(Start);

    readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "test" };
    readonly WebApplication _app;

    TestIdentity()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/realms/governance/.well-known/openid-configuration", () => Results.Json(new
        {
            issuer = Issuer,
            jwks_uri = $"{Issuer}/protocol/openid-connect/certs",
            token_endpoint = $"{Issuer}/protocol/openid-connect/token",
            authorization_endpoint = $"{Issuer}/protocol/openid-connect/auth",
            id_token_signing_alg_values_supported = new[] { "RS256" },
            subject_types_supported = new[] { "public" },
            response_types_supported = new[] { "code" },
        }));
        _app.MapGet("/realms/governance/protocol/openid-connect/certs", () =>
        {
            var parameters = _key.Rsa.ExportParameters(includePrivateParameters: false);
            return Results.Json(new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "RSA", kid = _key.KeyId, use = "sig", alg = "RS256",
                        n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent),
                    },
                },
            });
        });
    }

    /// <summary>The one realm of this test process.</summary>
    public static Task<TestIdentity> Shared => _shared.Value;

    /// <summary>Base address, as Keycloak's <c>auth-server-url</c>.</summary>
    public string Url => _app.Urls.Single();

    string Issuer => $"{Url}/realms/governance";

    /// <summary>A signed access token as Keycloak would issue it.</summary>
    /// <param name="division">The claim <c>division</c>; <c>null</c> leaves it out.</param>
    /// <param name="permissions">Client roles of <c>governance-api</c>.</param>
    /// <param name="name">User name; the subject is derived from it.</param>
    public string Token(string? division, IEnumerable<string> permissions, string name = "tester")
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = SubjectOf(name),
            ["preferred_username"] = name,
            ["resource_access"] = new Dictionary<string, object>(StringComparer.Ordinal) { [Audience] = new Dictionary<string, object>(StringComparer.Ordinal) { ["roles"] = permissions.ToArray() } },
        };
        if (division is not null)
            claims["division"] = division;
        // The services' clocks may be a test's; a token's time is real, as its signature is.
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Claims = claims,
            Subject = new ClaimsIdentity(),
            NotBefore = TimeProvider.System.GetUtcNow().AddMinutes(-1).UtcDateTime,
            Expires = TimeProvider.System.GetUtcNow().AddHours(1).UtcDateTime,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
        });
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>The subject of the tokens of a user.</summary>
    public static string SubjectOf(string name) => new Guid(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name))[..16]).ToString();

    static async Task<TestIdentity> Start()
    {
        var identity = new TestIdentity();
        await identity._app.StartAsync();
        return identity;
    }
}
