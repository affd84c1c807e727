using System.Security.Cryptography;
using Governance.Polyfills.Tests.Dapr;
using Microsoft.AspNetCore.Builder;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Governance.Polyfills.Tests.Keycloak;

/// <summary>A realm that publishes its key and signs whatever a test wants signed.</summary>
public sealed class Realm : IAsyncLifetime
{
    readonly RSA _rsa = RSA.Create(2048);
    WebServer? _server;

    public string Url => _server!.Address;

    public string Issuer => $"{Url}/realms/sample";

    public async ValueTask InitializeAsync()
    {
        var key = _rsa.ExportParameters(includePrivateParameters: false);
        var (modulus, exponent) = (Base64UrlEncoder.Encode(key.Modulus), Base64UrlEncoder.Encode(key.Exponent));
        _server = await WebServer.Start(map: app =>
        {
            app.MapGet("/realms/sample/.well-known/openid-configuration", () => new { issuer = Issuer, jwks_uri = $"{Issuer}/keys" });
            app.MapGet("/realms/sample/keys", () => new { keys = new[] { new { kty = "RSA", kid = "1", n = modulus, e = exponent } } });
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _rsa.Dispose();
    }

    /// <summary>A token as Keycloak makes it, good for five minutes unless told otherwise.</summary>
    public string Token(
        string? issuer = null,
        string? audience = "sample-api",
        double expiresInSeconds = 300,
        RSA? key = null,
        string[]? realmRoles = null,
        string[]? resourceRoles = null,
        string resource = "sample-api")
    {
        var claims = new Dictionary<string, object> { ["preferred_username"] = "village.liu" };
        if (realmRoles is not null)
            claims["realm_access"] = Roles(realmRoles);
        if (resourceRoles is not null)
            claims["resource_access"] = new Dictionary<string, object> { [resource] = Roles(resourceRoles) };
        var now = DateTime.UtcNow;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Issuer,
            Audience = audience,
            Claims = claims,
            NotBefore = now.AddHours(-1),
            IssuedAt = now.AddHours(-1),
            Expires = now.AddSeconds(expiresInSeconds),
            SigningCredentials = new(new RsaSecurityKey(key ?? _rsa) { KeyId = "1" }, SecurityAlgorithms.RsaSha256),
        });

        static Dictionary<string, object> Roles(string[] roles) => new() { ["roles"] = roles };
    }
}
