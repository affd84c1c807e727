using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Local.Identity;
using Xunit;

namespace Governance.Local.Tests.Identity;

/// <summary>The local identity with the suite's own realm, on a free port.</summary>
public sealed class RunningIdentity : IAsyncLifetime
{
    public const string Password = "a sample password";
    public const string Secret = "a sample secret";
    public static readonly string RealmFile = Path.Combine(Support.Repository.Root, "gateway", "keycloak", "governance-realm.json");

    readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("governance-identity-");
    LocalIdentity? _identity;

    public Clock Time { get; } = new();

    public string KeyFile => Path.Combine(_keys.FullName, "identity.pem");

    public string Url => _identity!.Url;

    public string Realm => $"{Url}/realms/governance";

    public async ValueTask InitializeAsync() => await Start(port: 0);

    public async ValueTask DisposeAsync()
    {
        await _identity!.DisposeAsync();
        _http.Dispose();
        _keys.Delete(recursive: true);
    }

    /// <summary>Stops, forgets everything in memory, and starts at the same address.</summary>
    public async Task Restart()
    {
        var port = new Uri(Url).Port;
        await _identity!.DisposeAsync();
        await Start(port);
    }

    public async Task<Answer> Get(string path, params (string Key, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Url + path);
        foreach (var (key, value) in headers)
            request.Headers.TryAddWithoutValidation(key, value);
        return await Send(request);
    }

    public async Task<Answer> Post(string path, params (string Key, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url + path)
        {
            Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Key, field.Value))),
        };
        return await Send(request);
    }

    /// <summary>Posts to the token endpoint; "a=b" each.</summary>
    public Task<Answer> Token(params string[] form) => Post(
        "/realms/governance/protocol/openid-connect/token",
        [.. form.Select(field => field.Split('=', 2)).Select(parts => (parts[0], parts[1]))]);

    /// <summary>What the sample person gets with their password.</summary>
    public async Task<JsonNode> SignIn(string username, string scope = "openid") =>
        (await Token("grant_type=password", "client_id=governance-cli", $"username={username}", $"password={Password}", $"scope={scope}"))
            .Json;

    public async Task<Answer> Send(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request);
        return new(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value)));
    }

    async Task Start(int port) => _identity = await LocalIdentity.Start(new(RealmFile, _keys.FullName, port)
    {
        Variables = new Dictionary<string, string> { ["GOVERNANCE_SAMPLE_PASSWORD"] = Password, ["INTEGRATOR_SECRET"] = Secret },
        Time = Time,
    });

}

/// <summary>The real time plus what a test adds.</summary>
public sealed class Clock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}

/// <summary>An HTTP answer, read to its end.</summary>
public sealed record Answer(HttpStatusCode Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public static JsonNode Claims(JsonNode? token) => JsonNode.Parse(
        Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(((string)token!).Split('.')[1])))!;
}
