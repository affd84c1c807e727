using System.Text;
using System.Text.Json;

namespace Governance.Local.Sidecar;

/// <summary>One event of a bulk publish.</summary>
sealed record BulkEntry(string? EntryId, JsonElement Event, string? ContentType, Dictionary<string, string>? Metadata)
{
    /// <exception cref="RefusedException">The body is no list of entries that each have an id of their own.</exception>
    public static BulkEntry[] Parse(ReadOnlyMemory<byte> body)
    {
        BulkEntry[] entries;
        try
        {
            entries = JsonSerializer.Deserialize<BulkEntry[]>(body.Span, JsonSerializerOptions.Web) ?? [];
        }
        catch (JsonException exception)
        {
            throw new RefusedException(400, "ERR_PUBSUB_EVENTS_SER", $"error when unmarshaling the request: {exception.Message}");
        }

        return entries.All(entry => !string.IsNullOrEmpty(entry?.EntryId))
               && entries.DistinctBy(entry => entry.EntryId).Count() == entries.Length
            ? entries
            : throw new RefusedException(400, "ERR_PUBSUB_EVENTS_SER", "entryId is duplicated or not present for entry");
    }

    /// <summary>The bytes of the event, which has the JSON form that its content type asks for.</summary>
    /// <exception cref="FormatException">It has not.</exception>
    public ReadOnlyMemory<byte> Data() => (Envelope.MediaType(ContentType ?? ""), Event.ValueKind) switch
    {
        ("application/json" or "application/cloudevents+json", not JsonValueKind.Undefined) => Encoding.UTF8.GetBytes(Event.GetRawText()),
        ("application/octet-stream", JsonValueKind.String) => Event.GetBytesFromBase64(),
        (var type, JsonValueKind.String) when type == "application/xml" || type.StartsWith("text/", StringComparison.Ordinal) =>
            Encoding.UTF8.GetBytes(Event.GetString()!),
        _ => throw new FormatException($"event has not the form that contentType '{ContentType}' asks for"),
    };
}
