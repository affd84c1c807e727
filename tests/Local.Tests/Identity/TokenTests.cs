using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Local.Identity;
using Xunit;

namespace Governance.Local.Tests.Identity;

public sealed class TokenTests(RunningIdentity identity) : IClassFixture<RunningIdentity>, IDisposable
{
    public void Dispose() => identity.Time.Ahead = TimeSpan.Zero;

    [Theory]
    [InlineData("/realms/governance/.well-known/openid-configuration")]
    [InlineData("/realms/governance/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/oauth-authorization-server/realms/governance")]
    public async Task The_realm_is_discovered_by_OpenID_and_by_RFC_8414(string path)
    {
        var answer = (await identity.Get(path)).Json;
        Assert.Equal(identity.Realm, (string?)answer["issuer"]);
        Assert.Equal($"{identity.Realm}/protocol/openid-connect/token", (string?)answer["token_endpoint"]);
        Assert.Equal($"{identity.Realm}/protocol/openid-connect/certs", (string?)answer["jwks_uri"]);
    }

    [Fact]
    public async Task A_person_gets_a_token_in_Keycloaks_shape()
    {
        var answer = await identity.SignIn("county.wang");
        Assert.Equal("Bearer", (string?)answer["token_type"]);
        Assert.Equal(300, (int?)answer["expires_in"]);
        Assert.Equal(1800, (int?)answer["refresh_expires_in"]);

        var claims = Answer.Claims(answer["access_token"]);
        Assert.Equal(identity.Realm, (string?)claims["iss"]);
        Assert.Equal("governance-api", (string?)claims["aud"]);
        Assert.Equal("governance-cli", (string?)claims["azp"]);
        Assert.Equal("Bearer", (string?)claims["typ"]);
        Assert.Equal("openid profile email", (string?)claims["scope"]);
        Assert.Equal("county.wang", (string?)claims["preferred_username"]);
        Assert.Equal("619901", (string?)claims["division"]);
        Assert.Equal((string?)answer["session_state"], (string?)claims["sid"]);
        Assert.Equal(300, (long)claims["exp"]! - (long)claims["iat"]!);
        Assert.True(Guid.TryParse((string?)claims["sub"], out _) && Guid.TryParse((string?)claims["jti"], out _));
        Assert.Equal("""{"roles":["county-officer"]}""", claims["realm_access"]!.ToJsonString());
    }

    [Fact]
    public async Task A_composite_role_brings_its_permissions_and_no_others()
    {
        var claims = Answer.Claims((await identity.SignIn("grid.yang"))["access_token"]);
        var file = JsonNode.Parse(await File.ReadAllTextAsync(RunningIdentity.RealmFile, TestContext.Current.CancellationToken))!;
        var role = file["roles"]!["realm"]!.AsArray().Single(role => (string?)role!["name"] == "grid-worker")!;
        Assert.Equal(
            role["composites"]!["client"]!["governance-api"]!.AsArray().Select(name => (string)name!).Order(StringComparer.Ordinal),
            claims["resource_access"]!["governance-api"]!["roles"]!.AsArray().Select(name => (string)name!));
        Assert.Equal("governance-api", Assert.Single(claims["resource_access"]!.AsObject()).Key);
    }

    [Fact]
    public async Task An_id_token_says_who_and_for_which_client_but_not_what_they_may_do()
    {
        var claims = Answer.Claims((await identity.SignIn("village.liu"))["id_token"]);
        Assert.Equal("ID", (string?)claims["typ"]);
        Assert.Equal("governance-cli", (string?)claims["aud"]);
        Assert.Equal("刘示例", (string?)claims["name"]);
        Assert.Null(claims["resource_access"]);
    }

    [Fact]
    public async Task Without_the_openid_scope_there_is_no_id_token()
    {
        var answer = await identity.SignIn("village.liu", scope: "");
        Assert.Null(answer["id_token"]);
        Assert.Equal("profile email", (string?)answer["scope"]);
    }

    [Theory]
    [InlineData("grant_type=password&client_id=governance-cli&username=county.wang&password=x", 401,
        "invalid_grant: Invalid user credentials")]
    [InlineData("grant_type=password&client_id=governance-cli&username=nobody&password=x", 401, "invalid_grant: Invalid user credentials")]
    [InlineData("grant_type=password&client_id=governance-cli&username=service-account-integrator&password=", 401,
        "invalid_grant: Invalid user credentials")]
    [InlineData("grant_type=password&client_id=governance-cli", 401, "invalid_grant: Invalid user credentials")]
    [InlineData("grant_type=password&client_id=nobody", 401, "invalid_client: Invalid client or Invalid client credentials")]
    [InlineData("grant_type=password", 401, "invalid_client: Invalid client or Invalid client credentials")]
    [InlineData("grant_type=client_credentials&client_id=integrator&client_secret=x", 401,
        "unauthorized_client: Invalid client or Invalid client credentials")]
    [InlineData("grant_type=client_credentials&client_id=integrator", 401,
        "unauthorized_client: Invalid client or Invalid client credentials")]
    [InlineData("grant_type=client_credentials&client_id=governance-api", 401,
        "unauthorized_client: Invalid client or Invalid client credentials")]
    [InlineData("grant_type=client_credentials&client_id=governance-cli", 401,
        "unauthorized_client: Client not enabled to retrieve service account")]
    [InlineData("grant_type=password&client_id=governance-web&username=county.wang", 400,
        "unauthorized_client: Client not allowed for direct access grants")]
    [InlineData("client_id=governance-cli", 400, "invalid_request: Missing form parameter: grant_type")]
    [InlineData("client_id=governance-cli&grant_type=magic", 400, "unsupported_grant_type: Unsupported grant_type")]
    [InlineData("grant_type=refresh_token&client_id=governance-cli", 400, "invalid_request: No refresh token")]
    [InlineData("grant_type=refresh_token&client_id=governance-cli&refresh_token=a.b.c", 400, "invalid_grant: Invalid refresh token")]
    [InlineData("grant_type=authorization_code&client_id=governance-web&code=x", 400, "invalid_grant: Code not valid")]
    public async Task A_refusal_is_worded_as_Keycloak_words_it(string form, int status, string error)
    {
        var answer = await identity.Token(form.Split('&'));
        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.Equal(error, $"{(string?)answer.Json["error"]}: {(string?)answer.Json["error_description"]}");
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
    }

    [Fact]
    public async Task An_unknown_scope_is_refused()
    {
        var answer = await identity.Token(
            "grant_type=password", "client_id=governance-cli", "username=county.wang", $"password={RunningIdentity.Password}",
            "scope=everything");
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_scope"), (answer.Status, (string?)answer.Json["error"]));
    }

    [Fact]
    public async Task A_service_account_gets_a_token_of_its_own_and_no_refresh_token()
    {
        var credentials = Encoding.UTF8.GetBytes($"integrator:{Uri.EscapeDataString(RunningIdentity.Secret)}");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{identity.Realm}/protocol/openid-connect/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]),
            Headers = { Authorization = new("Basic", Convert.ToBase64String(credentials)) },
        };
        var byHeader = await identity.Send(request);
        var byForm = await identity.Token(
            "grant_type=client_credentials", "client_id=integrator", $"client_secret={RunningIdentity.Secret}");
        foreach (var answer in new[] { byHeader, byForm })
        {
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Null(answer.Json["refresh_token"]);
            Assert.Equal(0, (int?)answer.Json["refresh_expires_in"]);
            var claims = Answer.Claims(answer.Json["access_token"]);
            Assert.Equal("service-account-integrator", (string?)claims["preferred_username"]);
            Assert.Equal("61", (string?)claims["division"]);
            Assert.Null(claims["sid"]);
        }
    }

    [Fact]
    public async Task A_refresh_token_renews_even_after_a_restart()
    {
        var before = await identity.SignIn("township.chen");
        await identity.Restart();
        var after = await Renew((string?)before["refresh_token"]);
        Assert.Equal(HttpStatusCode.OK, after.Status);
        Assert.NotNull(after.Json["id_token"]);
        var (old, renewed) = (Answer.Claims(before["access_token"]), Answer.Claims(after.Json["access_token"]));
        Assert.Equal((string?)old["sub"], (string?)renewed["sub"]);
        Assert.Equal((string?)old["sid"], (string?)renewed["sid"]);
        Assert.NotEqual((string?)old["jti"], (string?)renewed["jti"]);
    }

    [Fact]
    public async Task A_refresh_token_is_good_for_its_client_only()
    {
        var token = (string?)(await identity.SignIn("township.chen"))["refresh_token"];
        var answer = await Renew(token, "governance-web");
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (answer.Status, (string?)answer.Json["error"]));
    }

    [Fact]
    public async Task A_refresh_token_expires_with_the_session()
    {
        var token = (string?)(await identity.SignIn("township.chen"))["refresh_token"];
        identity.Time.Ahead = TimeSpan.FromSeconds(1801);
        var answer = await Renew(token);
        Assert.Equal("Invalid refresh token", (string?)answer.Json["error_description"]);
    }

    [Fact]
    public async Task An_access_token_cannot_be_used_as_a_refresh_token()
    {
        var token = (string?)(await identity.SignIn("township.chen"))["access_token"];
        var answer = await Renew(token);
        Assert.Equal("Invalid refresh token", (string?)answer.Json["error_description"]);
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        var tokens = await identity.SignIn("township.chen");
        var logout = await identity.Post(
            "/realms/governance/protocol/openid-connect/logout",
            ("client_id", "governance-cli"), ("refresh_token", (string)tokens["refresh_token"]!));
        Assert.Equal(HttpStatusCode.NoContent, logout.Status);
        var renewal = await Renew((string?)tokens["refresh_token"]);
        Assert.Equal("Token is not active", (string?)renewal.Json["error_description"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await UserInfo((string?)tokens["access_token"])).Status);
    }

    [Fact]
    public async Task Userinfo_tells_a_token_holder_about_themselves()
    {
        var token = (string?)(await identity.SignIn("village.liu"))["access_token"];
        var answer = await UserInfo(token);
        Assert.Equal((string?)Answer.Claims(token)["sub"], (string?)answer.Json["sub"]);
        Assert.Equal("619901001001", (string?)answer.Json["division"]);
    }

    [Fact]
    public async Task Userinfo_refuses_what_is_no_valid_access_token()
    {
        var tokens = await identity.SignIn("village.liu");
        foreach (var token in new[] { null, "a.b.c", (string?)tokens["id_token"], (string?)tokens["access_token"] + "x" })
        {
            var answer = await UserInfo(token);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            Assert.Contains("error=\"invalid_token\"", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        }
        identity.Time.Ahead = TimeSpan.FromSeconds(301);
        Assert.Equal(HttpStatusCode.Unauthorized, (await UserInfo((string?)tokens["access_token"])).Status);
    }

    [Fact]
    public async Task Userinfo_wants_the_openid_scope()
    {
        var answer = await UserInfo((string?)(await identity.SignIn("village.liu", scope: ""))["access_token"]);
        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_scope"), (answer.Status, (string?)answer.Json["error"]));
    }

    [Fact]
    public void The_signing_key_can_be_read_by_its_owner_alone()
    {
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(identity.KeyFile));
    }

    [Fact]
    public async Task A_placeholder_without_a_value_stops_the_start_and_is_named()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => LocalIdentity.Start(new(RunningIdentity.RealmFile, Path.GetDirectoryName(identity.KeyFile)!, Port: 0)));
        Assert.Contains("INTEGRATOR_SECRET", error.Message, StringComparison.Ordinal);
    }

    Task<Answer> Renew(string? token, string client = "governance-cli") =>
        identity.Token("grant_type=refresh_token", $"client_id={client}", $"refresh_token={token}");

    Task<Answer> UserInfo(string? token) =>
        identity.Get("/realms/governance/protocol/openid-connect/userinfo", token is null ? [] : [("Authorization", $"Bearer {token}")]);
}
