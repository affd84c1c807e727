using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Governance.Local.Identity;

/// <summary>A realm as written in the files that Keycloak imports; the fields that the local identity acts on.</summary>
sealed partial record Realm(string Name, TimeSpan TokenLife, TimeSpan SessionLife, IReadOnlyList<Client> Clients, IReadOnlyList<User> Users)
{
    /// <summary>
    /// Reads <paramref name="path"/> and the user files beside it (<c>{realm}-users-*.json</c>), as Keycloak's directory import does.
    /// A placeholder, <c>${NAME}</c> or <c>${NAME:default}</c>, takes its value from <paramref name="variables"/>, else from the
    /// environment.
    /// </summary>
    /// <exception cref="InvalidDataException">A placeholder has no value, or a file asks for something not offered here.</exception>
    public static Realm Read(string path, IReadOnlyDictionary<string, string> variables)
    {
        var file = Parse(path, variables);
        var name = file["realm"]!.GetValue<string>();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var userFiles = Directory.GetFiles(folder, $"{name}-users-*.json").Order(StringComparer.Ordinal);
        return new(
            name,
            TimeSpan.FromSeconds((int?)file["accessTokenLifespan"] ?? 300),
            TimeSpan.FromSeconds((int?)file["ssoSessionIdleTimeout"] ?? 1800),
            [.. Items(file["clients"]).Select(Client.From)],
            [.. userFiles.Select(users => Parse(users, variables)).Prepend(file).SelectMany(part => Items(part["users"]))
                .Select(user => User.From(user, Composites(file)))]);
    }

    static JsonNode Parse(string path, IReadOnlyDictionary<string, string> variables)
    {
        return JsonNode.Parse(Placeholder().Replace(File.ReadAllText(path), match => JsonEncodedText.Encode(Value(match)).Value))!;

        string Value(Match match)
        {
            var name = match.Groups["name"].Value;
            return variables.GetValueOrDefault(name)
                ?? Environment.GetEnvironmentVariable(name)
                ?? (match.Groups["default"] is { Success: true, Value: var value } ? value : null)
                ?? throw new InvalidDataException($"{path} needs the variable {name}; set it in the environment.");
        }
    }

    /// <summary>What each realm role stands for.</summary>
    static Dictionary<string, Role[]> Composites(JsonNode file) => Items(file["roles"]?["realm"]).ToDictionary(
        role => (string)role["name"]!,
        role => (Role[])[
            .. Strings(role["composites"]?["realm"]).Select(name => new Role(null, name)),
            .. ClientRoles(role["composites"]?["client"])],
        StringComparer.Ordinal);

    /// <summary>Reads <c>{"client": ["role", …], …}</c>.</summary>
    internal static IEnumerable<Role> ClientRoles(JsonNode? clients) =>
        clients?.AsObject().SelectMany(client => Strings(client.Value).Select(name => new Role(client.Key, name))) ?? [];

    internal static IEnumerable<JsonNode> Items(JsonNode? array) => array?.AsArray().Select(item => item!) ?? [];

    internal static IEnumerable<string> Strings(JsonNode? array) => Items(array).Select(item => item.GetValue<string>());

    [GeneratedRegex(@"\$\{(?<name>[A-Z][A-Z0-9_]*)(:(?<default>[^}]*))?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}

/// <summary>A role of the realm, or of a client.</summary>
readonly record struct Role(string? Client, string Name);

/// <summary>A protocol mapper: puts something into tokens.</summary>
sealed record Mapper(string Kind, IReadOnlyDictionary<string, string> Config)
{
    public bool Into(string token) => Config.GetValueOrDefault($"{token}.claim") == "true";
}

sealed record Client(
    string Id, string? Secret, bool Public, bool StandardFlow, bool DirectGrants, bool ServiceAccount, bool Pkce,
    IReadOnlyList<string> RedirectUris, IReadOnlyList<string> Scopes, IReadOnlyList<Mapper> Mappers)
{
    static readonly string[] s_mappers = ["oidc-usermodel-attribute-mapper", "oidc-audience-mapper"];

    public static Client From(JsonNode client) => new(
        (string)client["clientId"]!,
        (string?)client["secret"],
        (bool?)client["publicClient"] ?? false,
        // Keycloak's own default is true; but a bearer-only client has no flows.
        ((bool?)client["standardFlowEnabled"] ?? true) && (bool?)client["bearerOnly"] != true,
        (bool?)client["directAccessGrantsEnabled"] ?? false,
        (bool?)client["serviceAccountsEnabled"] ?? false,
        (string?)client["attributes"]?["pkce.code.challenge.method"] == "S256",
        [.. Realm.Strings(client["redirectUris"])],
        [.. Realm.Strings(client["defaultClientScopes"])],
        [.. Realm.Items(client["protocolMappers"]).Select(MapperFrom)]);

    /// <summary>Whether a browser may be sent to <paramref name="uri"/>: it is registered, or under a registered <c>…*</c>.</summary>
    public bool Redirects(string uri) => RedirectUris.Any(allowed =>
        allowed.EndsWith('*') ? uri.StartsWith(allowed[..^1], StringComparison.Ordinal) : uri == allowed);

    /// <summary>Where scripts may call from: the origins of the registered redirect addresses (<c>webOrigins: ["+"]</c>).</summary>
    public IReadOnlyList<string> Origins { get; } =
        [.. RedirectUris.Select(uri => new Uri(uri.TrimEnd('*')).GetLeftPart(UriPartial.Authority)).Distinct(StringComparer.Ordinal)];

    static Mapper MapperFrom(JsonNode mapper)
    {
        var kind = (string)mapper["protocolMapper"]!;
        if (!s_mappers.Contains(kind, StringComparer.Ordinal))
            throw new InvalidDataException($"The local identity knows the mappers {string.Join(", ", s_mappers)}, not {kind}.");
        return new(kind, mapper["config"]!.AsObject().ToDictionary(entry => entry.Key, entry => (string)entry.Value!));
    }
}

sealed record User(
    string Id, string Name, bool Enabled, string? FirstName, string? LastName, string? Email, bool EmailVerified, string? Password,
    string? ServiceAccountOf, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<Role> Roles)
{
    public static User From(JsonNode user, IReadOnlyDictionary<string, Role[]> composites)
    {
        var name = (string)user["username"]!;
        var roles = new HashSet<Role>();
        var open = new Stack<Role>(
        [
            .. Realm.Strings(user["realmRoles"]).Select(role => new Role(null, role)),
            .. Realm.ClientRoles(user["clientRoles"]),
        ]);
        while (open.TryPop(out var role))
        {
            if (roles.Add(role) && role.Client is null && composites.TryGetValue(role.Name, out var parts))
                Array.ForEach(parts, open.Push);
        }
        return new(
            (string?)user["id"] ?? StableId(name),
            name,
            (bool?)user["enabled"] ?? false,
            (string?)user["firstName"],
            (string?)user["lastName"],
            (string?)user["email"],
            (bool?)user["emailVerified"] ?? false,
            (string?)Realm.Items(user["credentials"]).FirstOrDefault(credential => (string?)credential["type"] == "password")?["value"],
            (string?)user["serviceAccountClientId"],
            user["attributes"]?.AsObject().ToDictionary(entry => entry.Key, entry => Realm.Strings(entry.Value).First()) ?? [],
            [.. roles.OrderBy(role => role.Name, StringComparer.Ordinal)]);
    }

    // Keycloak draws an id at import and keeps it. This one has no memory, so it derives the same id each time.
    static string StableId(string name) =>
        new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)).ToString();
}
