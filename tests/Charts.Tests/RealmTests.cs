using System.Text.Json.Nodes;
using Xunit;

namespace Governance.Charts.Tests;

/// <summary>The realm as Keycloak reads it, from the file and by the chart's job. No Keycloak runs here: its admin client is a stand-in that takes notes.</summary>
public sealed class RealmTests
{
    const string Secret = "p@ss/w0rd+=&$HOME`x`";

    // The fields of Keycloak 26's representations that these files may use; "*" stands for any name.
    static readonly Dictionary<string, string[]> s_fields = new(StringComparer.Ordinal)
    {
        [""] =
        [
            "realm", "displayName", "enabled", "sslRequired", "registrationAllowed", "resetPasswordAllowed", "editUsernameAllowed", "bruteForceProtected",
            "passwordPolicy", "internationalizationEnabled", "supportedLocales", "defaultLocale", "accessTokenLifespan", "ssoSessionIdleTimeout",
            "ssoSessionMaxLifespan", "roles", "clients", "users", "components", "groups", "eventsEnabled", "eventsExpiration", "adminEventsEnabled",
        ],
        [".roles"] = ["client", "realm"],
        [".roles.client"] = ["*"],
        [".roles.client.*"] = ["name", "description"],
        [".roles.realm"] = ["name", "description", "composite", "composites"],
        [".roles.realm.composites"] = ["client", "realm"],
        [".roles.realm.composites.client"] = ["*"],
        [".clients"] =
        [
            "clientId", "name", "description", "enabled", "protocol", "publicClient", "bearerOnly", "secret", "clientAuthenticatorType", "standardFlowEnabled",
            "directAccessGrantsEnabled", "serviceAccountsEnabled", "redirectUris", "webOrigins", "fullScopeAllowed", "attributes", "defaultClientScopes",
            "optionalClientScopes", "protocolMappers",
        ],
        [".clients.attributes"] = ["*"],
        [".clients.protocolMappers"] = ["name", "protocol", "protocolMapper", "consentRequired", "config"],
        [".clients.protocolMappers.config"] =
        [
            "user.attribute", "claim.name", "jsonType.label", "multivalued", "access.token.claim", "id.token.claim", "userinfo.token.claim",
            "introspection.token.claim", "included.client.audience", "included.custom.audience",
        ],
        [".users"] =
        [
            "username", "enabled", "email", "emailVerified", "firstName", "lastName", "attributes", "credentials", "realmRoles", "clientRoles", "groups",
            "serviceAccountClientId",
        ],
        [".users.attributes"] = ["*"],
        [".users.credentials"] = ["type", "value", "temporary"],
        [".components"] = ["*"],
        [".components.*"] = ["providerId", "subComponents", "config", "name"],
        [".components.*.subComponents"] = ["*"],
        [".components.*.config"] = ["kc.user.profile.config"],
    };

    static JsonNode Source(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Rendered.Root, "gateway", "keycloak", file)))!;

    [Theory]
    [InlineData("governance-realm.json")]
    [InlineData("governance-users-0.json")]
    public void Every_field_is_one_of_Keycloaks(string file) => Check("", Source(file));

    [Fact]
    public void A_field_that_Keycloak_does_not_have_is_noticed()
    {
        var realm = Source("governance-realm.json");
        realm["clients"]![0]!["secrt"] = "x";
        Assert.ThrowsAny<Exception>(() => Check("", realm));
    }

    [Fact]
    public void Settings_of_mappers_and_attributes_of_clients_are_texts_and_those_of_users_lists() => Assert.All(Source("governance-realm.json")["clients"].Items(), client =>
    {
        var settings = client["protocolMappers"].Items().SelectMany(mapper => mapper["config"]!.AsObject()).Concat(client["attributes"]?.AsObject() ?? []);
        Assert.All(settings, setting => Assert.Equal(System.Text.Json.JsonValueKind.String, setting.Value!.GetValueKind()));
        Assert.All(Source("governance-users-0.json")["users"].Items().SelectMany(user => user["attributes"]!.AsObject()), attribute => Assert.IsType<JsonArray>(attribute.Value));
    });

    [Fact]
    public async Task A_new_realm_is_taken_in_whole_with_its_address_and_its_secret()
    {
        var (calls, realm) = await Import(there: false);
        Assert.Equal(["config credentials", "get realms/governance", "create realms"], calls.Select(call => string.Join(' ', call.Split(' ').Take(2))));
        var wanted = Source("governance-realm.json").ToJsonString()
            .Replace("${GATEWAY_URL:http://127.0.0.1:8080}", "https://governance.example", StringComparison.Ordinal);
        var clients = JsonNode.Parse(wanted)!;
        clients["clients"].Items().Single(client => (string?)client["clientId"] == "integrator")["secret"] = Secret;
        Assert.True(JsonNode.DeepEquals(clients, JsonNode.Parse(realm)));
    }

    [Fact]
    public async Task A_realm_that_is_there_keeps_what_it_has_and_gets_what_is_new()
    {
        var (calls, _) = await Import(there: true);
        Assert.Contains(calls, call => call.StartsWith("create partialImport -r governance -s ifResourceExists=SKIP", StringComparison.Ordinal));
        foreach (var role in Source("governance-realm.json")["roles"]!["realm"].Items())
        {
            var granted = role["composites"]!["client"]!["governance-api"].Items().Select(permission => $" --rolename {permission}");
            Assert.Contains(calls, call => call.StartsWith($"add-roles -r governance --rname {role["name"]} --cclientid governance-api{string.Concat(granted)} --config", StringComparison.Ordinal));
        }
        Assert.DoesNotContain(calls, call => call.Contains("create realms", StringComparison.Ordinal) || call.Contains("delete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_that_would_break_the_file_is_refused()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => Import(there: false, secret: "a\"b"));
        Assert.Contains("INTEGRATOR_SECRET", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Runs the job's script with a stand-in for kcadm.sh; answers with its calls and the last file it was given.</summary>
    static async Task<(string[] Calls, string Realm)> Import(bool there, string secret = Secret)
    {
        var folder = Directory.CreateTempSubdirectory("realm");
        try
        {
            foreach (var (name, content) in (await Rendered.Set("realm.import=true")).Get("ConfigMap/realm-import")["data"]!.AsObject())
            {
                // The folders of the container are one here.
                var text = ((string)content!).Replace("/tmp/", $"{folder}/", StringComparison.Ordinal).Replace(" /import/", $" {folder}/", StringComparison.Ordinal)
                    .Replace("</import/", $"<{folder}/", StringComparison.Ordinal);
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, name), text);
            }
            var standIn = Path.Combine(folder.FullName, "kcadm.sh");
            await File.WriteAllTextAsync(standIn, $"""
                #!/bin/bash
                echo "$*" >>{folder}/calls
                [[ $* == get* ]] && exit {(there ? 0 : 1)}
                exit 0
                """);
            await Shell.Run("chmod", folder.FullName, "", "+x", standIn);
            var (code, output) = await Shell.Run("env", folder.FullName, "", $"PATH={folder}:{Environment.GetEnvironmentVariable("PATH")}", "KEYCLOAK_URL=http://keycloak:8080",
                "KEYCLOAK_CLIENT=admin", "KEYCLOAK_SECRET=x", $"INTEGRATOR_SECRET={secret}", "bash", Path.Combine(folder.FullName, "import.sh"));
            Assert.True(code == 0, output);
            return (await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "calls")), await File.ReadAllTextAsync(Path.Combine(folder.FullName, "realm.json")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static void Check(string path, JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Check(path, item);
        }
        if (node is not JsonObject fields)
            return;
        Assert.True(s_fields.TryGetValue(path, out var known), $"{path} is not expected to have fields");
        foreach (var (name, value) in fields)
        {
            Assert.True(known.Contains("*") || known.Contains(name), $"{path} has no field {name}");
            Check($"{path}.{(known.Contains("*") ? "*" : name)}", value);
        }
    }
}
