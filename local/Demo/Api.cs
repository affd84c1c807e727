using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Governance.Local.Demo;

/// <summary>
/// Calls the gateway as a county's system would: a token per user, JSON, and a call repeated while a part of the suite is away. Repeating
/// is safe because every id is made here. Each call and its answer is told to <paramref name="tell"/>.
/// </summary>
sealed class Api(HttpClient http, Uri gateway, Uri identity, string password, Action<string> tell)
{
    static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);
    static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(250);
    static readonly JsonSerializerOptions _shown = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Dictionary<string, string> _tokens = new(StringComparer.Ordinal);

    public Task<JsonNode> Get(string user, string path) => Call(user, HttpMethod.Get, path, null);

    public Task<JsonNode> Post(string user, string path, JsonNode body) => Call(user, HttpMethod.Post, path, () => Json(body), Shown(body));

    /// <summary>Uploads a file, read from the start for every try.</summary>
    public Task<JsonNode> Upload(string user, string path, Func<Stream> file) => Call(user, HttpMethod.Post, path, () =>
    {
        var content = new StreamContent(file());
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return content;
    }, "  (CSV)");

    /// <summary>The text of a download.</summary>
    public async Task<string> Download(string user, string path)
    {
        using var response = await Send(user, HttpMethod.Get, path, null);
        var text = await response.Content.ReadAsStringAsync();
        tell($"GET {path}  →  {(int)response.StatusCode}, {response.Content.Headers.ContentType}, {text.Split('\n').Length} lines");
        return response.IsSuccessStatusCode ? text : throw new StoryException($"GET {path} answered {(int)response.StatusCode}.");
    }

    async Task<JsonNode> Call(string user, HttpMethod method, string path, Func<HttpContent>? body, string shown = "")
    {
        using var response = await Send(user, method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        tell($"{method} {path}   [{user}]{(shown.Length == 0 ? "" : $"\n{shown}")}\n→ {(int)response.StatusCode} {Shorten(text)}");
        if (!response.IsSuccessStatusCode)
            throw new StoryException($"{method} {path} answered {(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
    }

    async Task<HttpResponseMessage> Send(string user, HttpMethod method, string path, Func<HttpContent>? body)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(gateway, path)) { Content = body?.Invoke() };
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await Token(user));
                var response = await http.SendAsync(request);
                if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.Conflict)
                    || TimeProvider.System.GetElapsedTime(begun) > _patience)
                    return response;
                response.Dispose();
            }
            catch (HttpRequestException) when (TimeProvider.System.GetElapsedTime(begun) < _patience)
            {
                // The gateway itself is away; it is called again below.
            }
            await Task.Delay(_pause);
        }
    }

    async Task<string> Token(string user)
    {
        if (_tokens.TryGetValue(user, out var known))
            return known;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "password", ["client_id"] = "governance-cli", ["username"] = user, ["password"] = password,
        });
        using var response = await http.PostAsync(new Uri(identity, "/realms/governance/protocol/openid-connect/token"), form);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync());
        return _tokens[user] = (string?)answer?["access_token"] ?? throw new StoryException($"{user} cannot sign in: {answer?["error_description"]}");
    }

    static StringContent Json(JsonNode body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    static string Shown(JsonNode body) => "  " + body.ToJsonString(_shown).Replace("\n", "\n  ", StringComparison.Ordinal);

    static string Shorten(string answer)
    {
        var shown = Shown(JsonNode.Parse(answer.Length == 0 ? "{}" : answer)!);
        var lines = shown.Split('\n');
        return lines.Length <= 24 ? shown : string.Join('\n', lines.Take(22)) + string.Create(CultureInfo.InvariantCulture, $"\n  … {lines.Length - 22} more lines");
    }
}

/// <summary>The story took a turn that it should not take.</summary>
sealed class StoryException(string message) : Exception(message);
