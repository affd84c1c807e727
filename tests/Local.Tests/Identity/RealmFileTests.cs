using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Keycloak.AuthServices.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Governance.Local.Tests.Identity;

/// <summary>What must hold in the files that Keycloak imports, whoever edits them.</summary>
public sealed class RealmFileTests(RunningIdentity identity) : IClassFixture<RunningIdentity>
{
    static readonly JsonNode s_realm = JsonNode.Parse(File.ReadAllText(RunningIdentity.RealmFile))!;
    static readonly JsonNode s_sample =
        JsonNode.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(RunningIdentity.RealmFile)!, "governance-users-0.json")))!;

    static IEnumerable<JsonNode> RealmRoles => s_realm["roles"]!["realm"]!.AsArray()!;

    static IEnumerable<JsonNode> TokenClients => s_realm["clients"]!.AsArray().Where(client => (bool?)client!["bearerOnly"] != true)!;

    static IEnumerable<string> Permissions => Names(s_realm["roles"]!["client"]!["governance-api"]);

    [Fact]
    public void A_permission_is_a_noun_and_a_verb() => Assert.All(Permissions, name => Assert.Matches("^[a-z]+(-[a-z]+)*\\.[a-z]+$", name));

    [Fact]
    public void Roles_consist_of_declared_permissions_and_every_permission_is_in_a_role() => Assert.Equal(
        Permissions.Order(StringComparer.Ordinal),
        RealmRoles.SelectMany(role => role["composites"]!["client"]!["governance-api"]!.AsArray()).Select(name => (string)name!)
            .Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_role_has_somebody_to_try_it_with() => Assert.Equal(
        Names(s_realm["roles"]!["realm"]).Order(StringComparer.Ordinal),
        s_realm["users"]!.AsArray().Concat(s_sample["users"]!.AsArray())
            .SelectMany(user => user!["realmRoles"]!.AsArray()).Select(role => (string)role!).Distinct().Order(StringComparer.Ordinal));

    // With this field present Keycloak leaves its built-in scopes out, and tokens lose sub and the roles.
    [Fact]
    public void Client_scopes_are_left_to_Keycloak() => Assert.Null(s_realm["clientScopes"]);

    [Fact]
    public void Every_token_carries_subject_roles_division_and_audience() => Assert.All(TokenClients, client =>
    {
        var scopes = client["defaultClientScopes"]!.AsArray().Select(scope => (string?)scope).ToHashSet();
        Assert.Superset(new HashSet<string?> { "basic", "roles" }, scopes);
        var mappers = client["protocolMappers"]!.AsArray().Select(mapper => mapper!["config"]!)
            .Where(config => (string?)config["access.token.claim"] == "true").ToList();
        Assert.Contains(mappers, config => (string?)config["claim.name"] == "division");
        Assert.Contains(mappers, config => (string?)config["included.client.audience"] == "governance-api");
    });

    [Fact]
    public void Browsers_must_use_PKCE() => Assert.All(
        TokenClients.Where(client => (bool?)client["standardFlowEnabled"] == true),
        client => Assert.Equal("S256", (string?)client["attributes"]!["pkce.code.challenge.method"]));

    [Fact]
    public void Only_administrators_change_a_division()
    {
        var profile = s_realm["components"]!["org.keycloak.userprofile.UserProfileProvider"]![0]!["config"]!["kc.user.profile.config"]![0]!;
        var division = JsonNode.Parse((string)profile!)!["attributes"]!.AsArray()
            .Single(attribute => (string?)attribute!["name"] == "division")!;
        Assert.Equal("""["admin"]""", division["permissions"]!["edit"]!.ToJsonString());
        var pattern = (string)division["validations"]!["pattern"]!["pattern"]!;
        Assert.All(["61", "6199", "619901", "619901001", "619901001001"], code => Assert.Matches(pattern, code));
        Assert.All(["", "6", "61990", "6199010010010", "61x"], code => Assert.DoesNotMatch(pattern, code));
    }

    [Fact]
    public void Secrets_and_people_are_not_in_the_realm_file()
    {
        Assert.All(
            TokenClients.Select(client => (string?)client["secret"]).OfType<string>(),
            secret => Assert.Matches(@"^\$\{[A-Z_]+\}$", secret));
        Assert.All(s_realm["users"]!.AsArray(), user => Assert.NotNull(user!["serviceAccountClientId"]));
        Assert.All(s_sample["users"]!.AsArray(), user => Assert.Matches(@"^\$\{[A-Z_]+\}$", (string?)user!["credentials"]![0]!["value"]));
    }

    [Fact]
    public async Task An_application_accepts_the_tokens_with_the_settings_that_the_services_use()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Keycloak:realm"] = "governance",
            ["Keycloak:auth-server-url"] = identity.Url,
            ["Keycloak:resource"] = "governance-api",
            ["Keycloak:ssl-required"] = "none",
        });
        builder.Services.AddKeycloakWebApiAuthentication(builder.Configuration, bearer => bearer.MapInboundClaims = false);
        builder.Services.AddKeycloakAuthorization(builder.Configuration);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy("import", policy => policy.RequireResourceRoles("households.import"));
        await using var app = builder.Build();
        app.MapGet("/", (ClaimsPrincipal user) => user.FindFirst("division")!.Value).RequireAuthorization("import");
        await app.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, "619901"), await Call("county.wang"));
        Assert.Equal((HttpStatusCode.Forbidden, ""), await Call("grid.yang"));

        async Task<(HttpStatusCode, string)> Call(string username)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single());
            var token = (string?)(await identity.SignIn(username))["access_token"];
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            var answer = await identity.Send(request);
            return (answer.Status, answer.Body);
        }
    }

    static IEnumerable<string> Names(JsonNode? roles) => roles!.AsArray().Select(role => (string)role!["name"]!);
}
