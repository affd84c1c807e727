using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace Governance.Local.Tests.Identity;

public sealed class BrowserTests(RunningIdentity identity) : IClassFixture<RunningIdentity>, IDisposable
{
    const string Home = "http://127.0.0.1:8080/docs/oauth2-redirect.html";
    const string Verifier = "a-verifier-that-is-long-enough-to-be-accepted-by-everyone";
    static readonly string s_challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public void Dispose() => identity.Time.Ahead = TimeSpan.Zero;

    [Fact]
    public async Task A_person_signs_in_and_the_application_redeems_the_code_once()
    {
        var page = await identity.Get(Auth());
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.StartsWith("text/html", page.Headers["Content-Type"], StringComparison.Ordinal);

        var back = await SubmitForm();
        Assert.Equal(HttpStatusCode.Found, back.Status);
        Assert.StartsWith($"{Home}?", back.Headers["Location"], StringComparison.Ordinal);
        var query = QueryHelpers.ParseQuery(new Uri(back.Headers["Location"]).Query);
        Assert.Equal("a state", query["state"]);
        Assert.Equal(identity.Realm, query["iss"]);

        var tokens = await Redeem(query["code"]!);
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        Assert.Equal("county.wang", (string?)Answer.Claims(tokens.Json["access_token"])["preferred_username"]);
        Assert.Equal("a nonce", (string?)Answer.Claims(tokens.Json["id_token"])["nonce"]);
        Assert.Equal("Code not valid", (string?)(await Redeem(query["code"]!)).Json["error_description"]);
    }

    [Fact]
    public async Task A_wrong_password_shows_the_page_again()
    {
        var page = await SubmitForm(password: "x");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("role=\"alert\"", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_shows_nothing_from_the_address_as_markup()
    {
        var page = await identity.Get(Auth(state: "\"><script>"));
        Assert.DoesNotContain("<script", page.Body, StringComparison.Ordinal);
    }

    [Theory, InlineData("another-verifier", Home), InlineData(Verifier, "http://127.0.0.1:8080/elsewhere")]
    public async Task A_code_is_good_only_with_its_verifier_and_its_address(string verifier, string redirectUri)
    {
        var answer = await Redeem(await Code(), verifier, redirectUri);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (answer.Status, (string?)answer.Json["error"]));
    }

    [Fact]
    public async Task A_code_lasts_a_minute()
    {
        var code = await Code();
        identity.Time.Ahead = TimeSpan.FromSeconds(61);
        Assert.Equal("Code not valid", (string?)(await Redeem(code)).Json["error_description"]);
    }

    [Theory]
    [InlineData("governance-web", "http://127.0.0.1:8080.evil.example/")]
    [InlineData("governance-web", "https://evil.example/")]
    [InlineData("nobody", Home)]
    public async Task A_browser_is_never_sent_to_an_unregistered_address(string client, string redirectUri)
    {
        foreach (var answer in new[] { await identity.Get(Auth(client, redirectUri)), await SubmitForm(client, redirectUri) })
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.False(answer.Headers.ContainsKey("Location"));
        }
    }

    [Theory]
    [InlineData("code_challenge", "", "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("prompt", "none", "login_required")]
    public async Task The_application_learns_why_a_sign_in_cannot_begin(string parameter, string value, string error)
    {
        var answer = await identity.Get(Auth(other: (parameter, value)));
        Assert.Equal(HttpStatusCode.Found, answer.Status);
        Assert.Equal(error, QueryHelpers.ParseQuery(new Uri(answer.Headers["Location"]).Query)["error"]);
    }

    [Fact]
    public async Task Signing_out_returns_to_the_application()
    {
        var hint = (string?)(await Redeem(await Code())).Json["id_token"];
        var answer = await identity.Get($"/realms/governance/protocol/openid-connect/logout?id_token_hint={hint}&state=s"
            + $"&post_logout_redirect_uri={Uri.EscapeDataString("http://127.0.0.1:8080/docs")}");
        Assert.Equal("http://127.0.0.1:8080/docs?state=s", answer.Headers["Location"]);
    }

    [Theory, InlineData("http://127.0.0.1:8080", true), InlineData("https://evil.example", false)]
    public async Task Scripts_of_the_registered_origin_may_call_and_others_may_not(string origin, bool allowed)
    {
        var answer = await identity.Get("/realms/governance/.well-known/openid-configuration", ("Origin", origin));
        Assert.Equal(allowed ? origin : null, answer.Headers.GetValueOrDefault("Access-Control-Allow-Origin"));
    }

    async Task<string> Code() => QueryHelpers.ParseQuery(new Uri((await SubmitForm()).Headers["Location"]).Query)["code"]!;

    Task<Answer> SubmitForm(string client = "governance-web", string redirectUri = Home, string password = RunningIdentity.Password) =>
        identity.Post(
            Auth(client, redirectUri).Replace("protocol/openid-connect/auth", "login-actions/authenticate", StringComparison.Ordinal),
            ("username", "county.wang"), ("password", password));

    Task<Answer> Redeem(string code, string verifier = Verifier, string redirectUri = Home) => identity.Token(
        "grant_type=authorization_code", "client_id=governance-web",
        $"code={code}", $"code_verifier={verifier}", $"redirect_uri={redirectUri}");

    static string Auth(
        string client = "governance-web", string redirectUri = Home, string state = "a state", (string Key, string Value) other = default)
    {
        var query = new Dictionary<string, string?>
        {
            ["client_id"] = client, ["redirect_uri"] = redirectUri, ["response_type"] = "code", ["scope"] = "openid", ["state"] = state,
            ["nonce"] = "a nonce", ["code_challenge"] = s_challenge, ["code_challenge_method"] = "S256",
        };
        if (other.Key is not null)
            query[other.Key] = other.Value;
        return QueryHelpers.AddQueryString("/realms/governance/protocol/openid-connect/auth", query);
    }
}
