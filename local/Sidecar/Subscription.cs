using System.Text.Json;
using System.Text.RegularExpressions;

namespace Governance.Local.Sidecar;

/// <summary>A rule of a subscription: <c>event.attribute == "value"</c>, all of CEL that is understood here. Empty is true.</summary>
sealed partial record RouteRule(string Match, string Path)
{
    public bool Matches(JsonElement cloudEvent)
    {
        if (Match.Length == 0)
        {
            return true;
        }

        var rule = Comparison().Match(Match);
        return cloudEvent.TryGetProperty(rule.Groups["attribute"].Value, out var attribute)
               && attribute.ValueKind == JsonValueKind.String
               && attribute.ValueEquals(rule.Groups["value"].Value);
    }

    public bool IsUnderstood => Match.Length == 0 || Comparison().IsMatch(Match);

    [GeneratedRegex(
        """^\s*event\.(?<attribute>[a-z0-9_]+)\s*==\s*(?<quote>["'])(?<value>[^"'\\]*)\k<quote>\s*$""",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comparison();
}

/// <summary>One topic that an application asked for by <c>GET /dapr/subscribe</c>.</summary>
/// <param name="Default">The path of events that no rule matches; without one they are not delivered.</param>
sealed record Subscription(
    string Pubsub, string Topic, IReadOnlyList<RouteRule> Rules, string? Default, string? DeadLetterTopic, bool IsRaw,
    IReadOnlyDictionary<string, string> Metadata, bool IsBulk)
{
    /// <summary>Where an event goes; null when no rule matches.</summary>
    public string? Route(byte[] body)
    {
        if (Rules.Count == 0)
        {
            return Default;
        }

        using var cloudEvent = JsonDocument.Parse(body);
        return Rules.FirstOrDefault(rule => rule.Matches(cloudEvent.RootElement))?.Path ?? Default;
    }

    /// <summary>Reads both forms of the answer, with names in any case.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static IReadOnlyList<Subscription> Parse(ReadOnlyMemory<byte> json) =>
        [.. (JsonSerializer.Deserialize<Item[]>(json.Span, JsonSerializerOptions.Web) ?? []).Select(item => item.ToSubscription())];

    sealed record Item(
        string? PubsubName, string? Topic, string? Route, ItemRoutes? Routes, Dictionary<string, string>? Metadata,
        string? DeadLetterTopic, ItemBulk? BulkSubscribe)
    {
        public Subscription ToSubscription()
        {
            var metadata = Metadata ?? [];
            return new(
                PubsubName ?? "", Topic ?? "",
                [.. (Routes?.Rules ?? []).Where(rule => rule.Path is not null).Select(rule => new RouteRule(rule.Match ?? "", rule.Path!))],
                Text(Routes?.Default) ?? Text(Route), Text(DeadLetterTopic),
                metadata.Any(pair => pair.Key.Equals("rawPayload", StringComparison.OrdinalIgnoreCase)
                                     && bool.TryParse(pair.Value, out var isRaw) && isRaw),
                metadata, BulkSubscribe?.Enabled == true);
        }

        static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;
    }

    sealed record ItemRoutes(ItemRule[]? Rules, string? Default);

    sealed record ItemRule(string? Match, string? Path);

    sealed record ItemBulk(bool Enabled);
}
