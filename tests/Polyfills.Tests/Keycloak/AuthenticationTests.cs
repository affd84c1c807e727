using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Governance.Polyfills.Tests.Keycloak;

public sealed class AuthenticationTests(Realm realm) : IClassFixture<Realm>
{
    [Fact]
    public async Task A_token_of_the_realm_is_accepted_and_names_its_holder()
    {
        await using var api = await Api.Start(realm);
        Assert.Equal((HttpStatusCode.OK, "village.liu"), await api.Get("/", realm.Token()));
    }

    [Fact]
    public async Task A_call_without_a_token_is_refused()
    {
        await using var api = await Api.Start(realm);
        Assert.Equal(HttpStatusCode.Unauthorized, await api.Status("/", null));
    }

    [Fact]
    public async Task A_token_of_another_issuer_is_refused()
    {
        await using var api = await Api.Start(realm);
        Assert.Equal(HttpStatusCode.Unauthorized, await api.Status("/", realm.Token(issuer: $"{realm.Url}/realms/other")));
    }

    [Theory, InlineData("another-api"), InlineData(null)]
    public async Task A_token_for_another_audience_is_refused(string? audience)
    {
        await using var api = await Api.Start(realm);
        Assert.Equal(HttpStatusCode.Unauthorized, await api.Status("/", realm.Token(audience: audience)));
    }

    [Theory, InlineData("another-api"), InlineData(null)]
    public async Task Any_audience_will_do_when_the_audience_is_not_verified(string? audience)
    {
        await using var api = await Api.Start(realm, ("verify-token-audience", "false"));
        Assert.Equal(HttpStatusCode.OK, await api.Status("/", realm.Token(audience: audience)));
    }

    [Fact]
    public async Task The_stated_audience_counts_instead_of_the_resource()
    {
        await using var api = await Api.Start(realm, ("audience", "another-api"));
        Assert.Equal(HttpStatusCode.OK, await api.Status("/", realm.Token(audience: "another-api")));
        Assert.Equal(HttpStatusCode.Unauthorized, await api.Status("/", realm.Token(audience: "sample-api")));
    }

    [Fact]
    public async Task An_expired_token_is_refused_at_once_unless_a_clock_skew_is_allowed()
    {
        await using var strict = await Api.Start(realm);
        await using var lenient = await Api.Start(realm, ("token-clock-skew", "00:01:00"));
        var token = realm.Token(expiresInSeconds: -5);
        Assert.Equal(HttpStatusCode.Unauthorized, await strict.Status("/", token));
        Assert.Equal(HttpStatusCode.OK, await lenient.Status("/", token));
    }

    [Fact]
    public async Task A_token_expired_beyond_the_clock_skew_is_refused()
    {
        await using var api = await Api.Start(realm, ("token-clock-skew", "00:01:00"));
        Assert.Equal(HttpStatusCode.Unauthorized, await api.Status("/", realm.Token(expiresInSeconds: -65)));
    }

    [Fact]
    public async Task A_token_signed_by_another_key_is_refused()
    {
        using var key = RSA.Create(2048);
        await using var api = await Api.Start(realm);
        Assert.Equal(HttpStatusCode.Unauthorized, await api.Status("/", realm.Token(key: key)));
    }

    [Fact]
    public async Task An_unsigned_token_is_refused()
    {
        await using var api = await Api.Start(realm);
        var header = Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes("""{"alg":"none","typ":"JWT"}"""));
        Assert.Equal(HttpStatusCode.Unauthorized, await api.Status("/", $"{header}.{realm.Token().Split('.')[1]}."));
    }

    [Fact]
    public async Task A_setting_by_its_property_name_wins_over_the_one_by_Keycloaks_name()
    {
        await using var api = await Api.Start(realm, ("auth-server-url", "http://nowhere.invalid/"), ("AuthServerUrl", realm.Url + "/"));
        Assert.Equal(HttpStatusCode.OK, await api.Status("/", realm.Token()));
    }

    [Fact]
    public async Task Discovery_over_plain_HTTP_must_be_allowed_explicitly()
    {
        await using var api = await Api.Start(realm, ("ssl-required", "external"));
        Assert.Equal(HttpStatusCode.InternalServerError, await api.Status("/", realm.Token()));
    }

    [Theory, InlineData("realm"), InlineData("resource")]
    public async Task An_incomplete_configuration_stops_the_start(string key)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => Api.Start(realm, (key, "")));
        Assert.Contains($"\"{key}\"", error.Message, StringComparison.Ordinal);
    }
}
