using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Governance.Local.Identity;

/// <summary>What the local identity serves, and where.</summary>
/// <param name="RealmFile">The realm file that Keycloak imports; user files beside it are read too.</param>
/// <param name="KeyFolder">Where the signing key is kept between starts.</param>
/// <param name="Port">TCP port on the loopback interface; 0 takes a free one.</param>
public sealed record LocalIdentityOptions(string RealmFile, string KeyFolder, int Port)
{
    /// <summary>Values of the placeholders in the realm file; the environment fills in what is not here.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>
/// Speaks Keycloak's OpenID Connect endpoints for one realm, so that the suite runs on a machine without Keycloak and cannot tell
/// the difference. Refusals carry Keycloak's status, code and text. It holds no state that a restart would lose, except codes
/// that a browser is just about to redeem and the list of ended sessions.
/// </summary>
public sealed class LocalIdentity : IAsyncDisposable
{
    static readonly TimeSpan s_codeLife = TimeSpan.FromMinutes(1);

    // The scopes that Keycloak names in a token; its other built-in scopes act silently.
    static readonly string[] s_namedScopes = ["profile", "email"];

    readonly WebApplication _app;
    readonly Realm _realm;
    readonly TokenSigner _signer;
    readonly TimeProvider _time;
    readonly ConcurrentDictionary<string, PendingCode> _codes = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, bool> _endedSessions = new(StringComparer.Ordinal);

    LocalIdentity(LocalIdentityOptions options)
    {
        _realm = Realm.Read(options.RealmFile, options.Variables);
        _signer = new TokenSigner(options.KeyFolder);
        _time = options.Time;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        _app = builder.Build();
        _app.Use(AllowBrowsers);
        var realm = $"/realms/{_realm.Name}";
        var protocol = $"{realm}/protocol/openid-connect";
        _app.MapGet($"{realm}/.well-known/openid-configuration", Discovery);
        // RFC 8414 puts the well-known part before the issuer's path; Keycloak answers at both places.
        _app.MapGet($"{realm}/.well-known/oauth-authorization-server", Discovery);
        _app.MapGet($"/.well-known/oauth-authorization-server{realm}", Discovery);
        _app.MapGet($"{protocol}/certs", () => _signer.Keys);
        _app.MapPost($"{protocol}/token", (Delegate)Token);
        _app.MapMethods($"{protocol}/userinfo", ["GET", "POST"], UserInfo);
        _app.MapMethods($"{protocol}/logout", ["GET", "POST"], (Delegate)Logout);
        _app.MapGet($"{protocol}/auth", SignIn);
        _app.MapPost($"{realm}/login-actions/authenticate", (Delegate)Authenticate);
    }

    /// <summary>Base address, as in the configuration key <c>auth-server-url</c>.</summary>
    public string Url { get; private set; } = "";

    string Issuer => $"{Url}/realms/{_realm.Name}";

    /// <summary>Starts to listen.</summary>
    /// <exception cref="InvalidDataException">The realm file lacks a variable or asks for something that is not offered here.</exception>
    public static async Task<LocalIdentity> Start(LocalIdentityOptions options, CancellationToken cancellationToken = default)
    {
        var identity = new LocalIdentity(options);
        await identity._app.StartAsync(cancellationToken);
        identity.Url = identity._app.Urls.Single();
        return identity;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _signer.Dispose();
    }

    JsonObject Discovery()
    {
        var protocol = $"{Issuer}/protocol/openid-connect";
        return new()
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = $"{protocol}/auth",
            ["token_endpoint"] = $"{protocol}/token",
            ["userinfo_endpoint"] = $"{protocol}/userinfo",
            ["end_session_endpoint"] = $"{protocol}/logout",
            ["jwks_uri"] = $"{protocol}/certs",
            ["grant_types_supported"] = new JsonArray("authorization_code", "client_credentials", "password", "refresh_token"),
            ["response_types_supported"] = new JsonArray("code"),
            ["response_modes_supported"] = new JsonArray("query"),
            ["subject_types_supported"] = new JsonArray("public"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
            ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_basic", "client_secret_post"),
            ["code_challenge_methods_supported"] = new JsonArray("S256"),
            ["scopes_supported"] = Array(_realm.Clients.SelectMany(client => client.Scopes).Append("openid").Distinct()),
            ["authorization_response_iss_parameter_supported"] = true,
        };
    }

    // ---- Tokens ---------------------------------------------------------------------------------------------

    async Task<IResult> Token(HttpRequest request)
    {
        var form = request.HasFormContentType ? await request.ReadFormAsync() : FormCollection.Empty;
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        if (Identify(request, form) is not { } client)
            return Refuse(401, "invalid_client", "Invalid client or Invalid client credentials");
        if (!Authentic(client, request, form))
            return Refuse(401, "unauthorized_client", "Invalid client or Invalid client credentials");
        return form["grant_type"].ToString() switch
        {
            "" => Refuse(400, "invalid_request", "Missing form parameter: grant_type"),
            "password" => GrantByPassword(client, form),
            "client_credentials" => GrantToServiceAccount(client, form),
            "refresh_token" => Renew(client, form),
            "authorization_code" => Redeem(client, form),
            _ => Refuse(400, "unsupported_grant_type", "Unsupported grant_type"),
        };
    }

    IResult GrantByPassword(Client client, IFormCollection form)
    {
        if (!client.DirectGrants)
            return Refuse(400, "unauthorized_client", "Client not allowed for direct access grants");
        if (UserBy(form) is not { } user)
            return Refuse(401, "invalid_grant", "Invalid user credentials");
        return user.Enabled
            ? Grant(client, user, NewId(), form["scope"].ToString())
            : Refuse(400, "invalid_grant", "Account disabled");
    }

    IResult GrantToServiceAccount(Client client, IFormCollection form)
    {
        if (!client.ServiceAccount)
            return Refuse(401, "unauthorized_client", "Client not enabled to retrieve service account");
        var user = _realm.Users.Single(user => user.ServiceAccountOf == client.Id);
        return Grant(client, user, session: null, form["scope"].ToString());
    }

    IResult Renew(Client client, IFormCollection form)
    {
        if (form["refresh_token"].ToString() is not { Length: > 0 } token)
            return Refuse(400, "invalid_request", "No refresh token");
        if (_signer.Verify(token, "Refresh", _time.GetUtcNow()) is not { } claims)
            return Refuse(400, "invalid_grant", "Invalid refresh token");
        if ((string?)claims["azp"] != client.Id)
            return Refuse(400, "invalid_grant", "Invalid refresh token. Token client and authorized client don't match");
        return UserOf(claims) is { } user
            ? Grant(client, user, (string?)claims["sid"], (string)claims["scope"]!)
            : Refuse(400, "invalid_grant", "Token is not active");
    }

    IResult Redeem(Client client, IFormCollection form)
    {
        // Taken out whatever follows: a code works once.
        if (!_codes.TryRemove(form["code"].ToString(), out var code) || code.Client != client || code.Expires <= _time.GetUtcNow())
            return Refuse(400, "invalid_grant", "Code not valid");
        if (code.RedirectUri != form["redirect_uri"].ToString())
            return Refuse(400, "invalid_grant", "Incorrect redirect_uri");
        if (code.Challenge.Length > 0
            && code.Challenge != Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))))
            return Refuse(400, "invalid_grant", "PKCE verification failed: Code mismatch");
        return Grant(client, code.User, code.Session, code.Scope, code.Nonce);
    }

    /// <summary>The token endpoint's answer. A service account has no <paramref name="session"/>, hence no refresh token.</summary>
    IResult Grant(Client client, User user, string? session, string requested, string nonce = "")
    {
        var scopes = requested.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (scopes.Any(scope => scope != "openid" && !client.Scopes.Contains(scope, StringComparer.Ordinal)))
            return Refuse(400, "invalid_scope", $"Invalid scopes: {requested}");
        var openid = scopes.Contains("openid", StringComparer.Ordinal);
        var scope = string.Join(' ', (openid ? ["openid"] : Enumerable.Empty<string>()).Concat(s_namedScopes.Intersect(client.Scopes)));

        var access = Stamp("Bearer", client, session, _realm.TokenLife);
        if (Audience(client, user) is { } audience)
            access["aud"] = audience;
        if (client.Scopes.Contains("basic", StringComparer.Ordinal) || session is null)
            access["sub"] = user.Id;
        if (client.Scopes.Contains("acr", StringComparer.Ordinal))
            access["acr"] = "1";
        if (client.Scopes.Contains("web-origins", StringComparer.Ordinal) && client.Origins.Count > 0)
            access["allowed-origins"] = Array(client.Origins);
        if (client.Scopes.Contains("roles", StringComparer.Ordinal))
            AddRoles(access, user);
        access["scope"] = scope;
        Describe(access, client, user, "access.token");

        var accessToken = _signer.Sign(access);
        var answer = new JsonObject
        {
            ["access_token"] = accessToken,
            ["expires_in"] = (long)_realm.TokenLife.TotalSeconds,
            ["refresh_expires_in"] = session is null ? 0 : (long)_realm.SessionLife.TotalSeconds,
            ["token_type"] = "Bearer",
            ["not-before-policy"] = 0,
            ["scope"] = scope,
        };
        if (session is not null)
        {
            var refresh = Stamp("Refresh", client, session, _realm.SessionLife);
            refresh["sub"] = user.Id;
            refresh["aud"] = Issuer;
            refresh["scope"] = requested;
            answer["refresh_token"] = _signer.Sign(refresh);
            answer["session_state"] = session;
        }
        if (openid)
        {
            var id = Stamp("ID", client, session, _realm.TokenLife);
            id["aud"] = client.Id;
            id["sub"] = user.Id;
            id["at_hash"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16));
            if (nonce.Length > 0)
                id["nonce"] = nonce;
            Describe(id, client, user, "id.token");
            answer["id_token"] = _signer.Sign(id);
        }
        return Results.Json(answer);
    }

    JsonObject Stamp(string type, Client client, string? session, TimeSpan life)
    {
        var now = _time.GetUtcNow();
        var claims = new JsonObject
        {
            ["exp"] = (now + life).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["jti"] = NewId(),
            ["iss"] = Issuer,
            ["typ"] = type,
            ["azp"] = client.Id,
        };
        if (session is not null)
            claims["sid"] = session;
        return claims;
    }

    /// <summary>Whom the token is for: what a mapper names, and every client whose roles are in it. One is text, several a list.</summary>
    static JsonNode? Audience(Client client, User user)
    {
        var named = client.Mappers.Where(mapper => mapper.Kind == "oidc-audience-mapper" && mapper.Into("access.token"))
            .Select(mapper => mapper.Config.GetValueOrDefault("included.client.audience") ?? mapper.Config["included.custom.audience"]);
        var resolved = client.Scopes.Contains("roles", StringComparer.Ordinal)
            ? user.Roles.Select(role => role.Client).OfType<string>().Where(id => id != client.Id)
            : [];
        string[] all = [.. named.Concat(resolved).Distinct(StringComparer.Ordinal)];
        return all.Length switch { 0 => null, 1 => all[0], _ => Array(all) };
    }

    static void AddRoles(JsonObject claims, User user)
    {
        foreach (var group in user.Roles.GroupBy(role => role.Client, role => role.Name))
        {
            var roles = new JsonObject { ["roles"] = Array(group) };
            if (group.Key is null)
                claims["realm_access"] = roles;
            else if (claims["resource_access"] is JsonObject clients)
                clients[group.Key] = roles;
            else
                claims["resource_access"] = new JsonObject { [group.Key] = roles };
        }
    }

    /// <summary>Says who the user is, as the client's scopes and mappers ask for tokens of <paramref name="kind"/>.</summary>
    static void Describe(JsonObject claims, Client client, User user, string kind)
    {
        if (client.Scopes.Contains("email", StringComparer.Ordinal))
        {
            claims["email_verified"] = user.EmailVerified;
            Add("email", user.Email);
        }
        if (client.Scopes.Contains("profile", StringComparer.Ordinal))
        {
            Add("name", string.Join(' ', new[] { user.FirstName, user.LastName }.Where(part => part is { Length: > 0 })));
            Add("preferred_username", user.Name);
            Add("given_name", user.FirstName);
            Add("family_name", user.LastName);
        }
        foreach (var mapper in client.Mappers.Where(mapper => mapper.Kind == "oidc-usermodel-attribute-mapper" && mapper.Into(kind)))
            Add(mapper.Config["claim.name"], user.Attributes.GetValueOrDefault(mapper.Config["user.attribute"]));

        void Add(string claim, string? value)
        {
            if (value is { Length: > 0 })
                claims[claim] = value;
        }
    }

    // ---- Who is there ---------------------------------------------------------------------------------------

    IResult UserInfo(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
            || header is not { Scheme: "Bearer", Parameter: { } token }
            || _signer.Verify(token, "Bearer", _time.GetUtcNow()) is not { } claims
            || UserOf(claims) is not { } user)
        {
            request.HttpContext.Response.Headers.WWWAuthenticate =
                $"Bearer realm=\"{_realm.Name}\", error=\"invalid_token\", error_description=\"Token verification failed\"";
            return Refuse(401, "invalid_token", "Token verification failed");
        }
        if (!((string)claims["scope"]!).Split(' ').Contains("openid", StringComparer.Ordinal))
            return Refuse(403, "insufficient_scope", "Missing openid scope");
        var answer = new JsonObject { ["sub"] = user.Id };
        Describe(answer, _realm.Clients.First(client => client.Id == (string?)claims["azp"]), user, "userinfo.token");
        return Results.Json(answer);
    }

    async Task<IResult> Logout(HttpRequest request)
    {
        var form = request.HasFormContentType ? await request.ReadFormAsync() : FormCollection.Empty;
        var now = _time.GetUtcNow();
        if (form["refresh_token"].ToString() is { Length: > 0 } refresh)
        {
            if (Identify(request, form) is not { } client || !Authentic(client, request, form))
                return Refuse(401, "unauthorized_client", "Invalid client or Invalid client credentials");
            if (_signer.Verify(refresh, "Refresh", now) is not { } claims || (string?)claims["azp"] != client.Id)
                return Refuse(400, "invalid_grant", "Invalid refresh token");
            _endedSessions[(string)claims["sid"]!] = true;
            return Results.NoContent();
        }
        if (_signer.Verify(request.Query["id_token_hint"].ToString(), "ID", now) is { } hint && hint["sid"] is { } session)
        {
            _endedSessions[(string)session!] = true;
            var back = request.Query["post_logout_redirect_uri"].ToString();
            if (back.Length > 0 && _realm.Clients.First(client => client.Id == (string?)hint["azp"]).Redirects(back))
                return Results.Redirect(QueryHelpers.AddQueryString(back, request.Query.Where(pair => pair.Key == "state")));
        }
        return SignInPage.Message(200, "已退出登录 · You are signed out");
    }

    // ---- Browsers -------------------------------------------------------------------------------------------

    IResult SignIn(HttpRequest request) => Object(request.Query) ?? SignInPage.Form(FormAction(request), failed: false);

    async Task<IResult> Authenticate(HttpRequest request)
    {
        if (Object(request.Query) is { } refusal)
            return refusal;
        if (!request.HasFormContentType || UserBy(await request.ReadFormAsync()) is not { Enabled: true } user)
            return SignInPage.Form(FormAction(request), failed: true);
        var query = request.Query;
        var now = _time.GetUtcNow();
        foreach (var (stale, _) in _codes.Where(entry => entry.Value.Expires <= now))
            _codes.TryRemove(stale, out _);
        var (code, session) = (NewId(), NewId());
        _codes[code] = new(
            ClientBy(query["client_id"].ToString())!, user, session, query["redirect_uri"].ToString(), query["scope"].ToString(),
            query["nonce"].ToString(), query["code_challenge"].ToString(), now + s_codeLife);
        return Return(query, ("session_state", session), ("iss", Issuer), ("code", code));
    }

    /// <summary>Why this sign-in cannot begin; null when it can.</summary>
    IResult? Object(IQueryCollection query)
    {
        // Without a client and an address of its own there is nowhere safe to send the browser.
        if (ClientBy(query["client_id"].ToString()) is not { } client)
            return SignInPage.Message(400, "Client not found.");
        if (!client.Redirects(query["redirect_uri"].ToString()))
            return SignInPage.Message(400, "Invalid parameter: redirect_uri");
        if (query["response_type"] != "code")
            return Return(query, ("error", "unsupported_response_type"), ("iss", Issuer));
        if (!client.StandardFlow)
            return Return(query, ("error", "unauthorized_client"), ("iss", Issuer));
        if (client.Pkce && (query["code_challenge_method"] != "S256" || query["code_challenge"].ToString().Length == 0))
            return Return(query, ("error", "invalid_request"), ("error_description", "Missing parameter: code_challenge"), ("iss", Issuer));
        // No browser session is kept, so nobody is ever signed in already.
        return query["prompt"] == "none" ? Return(query, ("error", "login_required"), ("iss", Issuer)) : null;
    }

    string FormAction(HttpRequest request) => $"/realms/{_realm.Name}/login-actions/authenticate{request.QueryString}";

    static IResult Return(IQueryCollection query, params (string Key, string? Value)[] answer)
    {
        var address = query["redirect_uri"].ToString();
        foreach (var (key, value) in answer.Prepend(("state", query["state"])))
            address = string.IsNullOrEmpty(value) ? address : QueryHelpers.AddQueryString(address, key, value);
        return Results.Redirect(address);
    }

    async Task AllowBrowsers(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.Origin.ToString() is { Length: > 0 } origin
            && _realm.Clients.Any(client => client.Origins.Contains(origin, StringComparer.Ordinal)))
        {
            var headers = context.Response.Headers;
            headers.AccessControlAllowOrigin = origin;
            headers.Vary = "Origin";
            headers.AccessControlAllowHeaders = "Authorization, Content-Type, X-Requested-With";
            headers.AccessControlAllowMethods = "GET, POST, OPTIONS";
            if (HttpMethods.IsOptions(context.Request.Method))
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }
        }
        await next(context);
    }

    // ---- Parties --------------------------------------------------------------------------------------------

    Client? ClientBy(string id) => _realm.Clients.FirstOrDefault(client => client.Id == id);

    Client? Identify(HttpRequest request, IFormCollection form) => ClientBy(Basic(request)?.Id ?? form["client_id"].ToString());

    static bool Authentic(Client client, HttpRequest request, IFormCollection form) => client.Public
        || (client.Secret is { } secret && Same(secret, Basic(request)?.Secret ?? form["client_secret"].ToString()));

    User? UserBy(IFormCollection form)
    {
        var user = _realm.Users.FirstOrDefault(user => user.ServiceAccountOf is null
            && string.Equals(user.Name, form["username"].ToString(), StringComparison.OrdinalIgnoreCase));
        return user?.Password is { } password && Same(password, form["password"].ToString()) ? user : null;
    }

    /// <summary>Whom a token of this realm speaks for, while the session lasts and the account is enabled.</summary>
    User? UserOf(JsonObject claims) => claims["sid"] is { } session && _endedSessions.ContainsKey((string)session!)
        ? null
        : _realm.Users.FirstOrDefault(user => user.Enabled && user.Id == (string?)claims["sub"]);

    static (string Id, string Secret)? Basic(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
            || header is not { Scheme: "Basic", Parameter: { } parameter } || !Base64.IsValid(parameter))
            return null;
        var parts = Encoding.UTF8.GetString(Convert.FromBase64String(parameter)).Split(':', 2);
        return parts.Length == 2 ? (Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1])) : null;
    }

    static bool Same(string expected, string actual) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(actual));

    static string NewId() => Guid.NewGuid().ToString();

    static JsonArray Array(IEnumerable<string> items) => new([.. items.Select(item => (JsonNode)item)]);

    static IResult Refuse(int status, string error, string description) =>
        Results.Json(new JsonObject { ["error"] = error, ["error_description"] = description }, statusCode: status);

    sealed record PendingCode(
        Client Client, User User, string Session, string RedirectUri, string Scope, string Nonce, string Challenge, DateTimeOffset Expires);
}
