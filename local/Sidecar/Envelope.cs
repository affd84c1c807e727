using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Governance.Local.Sidecar;

/// <summary>The CloudEvents that a sidecar makes of what it is given; Dapr describes them under "pub/sub and CloudEvents".</summary>
static class Envelope
{
    const string DefaultType = "com.dapr.event.sent";

    static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Wraps data. Metadata "cloudevent.id", .source, .type, .subject, .traceid, .traceparent and .tracestate win.</summary>
    public static byte[] Wrap(
        string publisher, string pubsub, string topic, string contentType, ReadOnlyMemory<byte> data,
        IReadOnlyDictionary<string, string> metadata, Trace trace, DateTimeOffset now)
    {
        return Write(writer =>
        {
            writer.WriteString("id", Override("id") ?? Guid.NewGuid().ToString());
            writer.WriteString("source", Override("source") ?? publisher);
            writer.WriteString("type", Override("type") ?? DefaultType);
            writer.WriteString("specversion", "1.0");
            writer.WriteString("datacontenttype", contentType);
            writer.WriteString("topic", topic);
            writer.WriteString("pubsubname", pubsub);
            writer.WriteString("time", Time(now));
            writer.WriteString("traceid", Override("traceid") ?? trace.Parent);
            writer.WriteString("traceparent", Override("traceparent") ?? trace.Parent);
            writer.WriteString("tracestate", Override("tracestate") ?? trace.State);
            if (Override("subject") is { } subject)
            {
                writer.WriteString("subject", subject);
            }

            WriteData(writer, MediaType(contentType), data);
        });

        string? Override(string attribute) => metadata.GetValueOrDefault("cloudevent." + attribute);
    }

    /// <summary>
    /// Completes the publisher's own CloudEvent. Its id stays as it is, even when it is missing; a trace that it carries wins over
    /// the request's.
    /// </summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static byte[] Complete(string pubsub, string topic, ReadOnlyMemory<byte> cloudEvent, ref Trace trace, DateTimeOffset now)
    {
        using var document = JsonDocument.Parse(cloudEvent);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("A CloudEvent is a JSON object.");
        }

        if (root.TryGetProperty("traceparent", out var parent) && parent.ValueKind == JsonValueKind.String)
        {
            var hasState = root.TryGetProperty("tracestate", out var state) && state.ValueKind == JsonValueKind.String;
            trace = new Trace(parent.GetString()!, hasState ? state.GetString()! : "");
        }

        var (traceParent, traceState) = trace;
        return Write(writer =>
        {
            foreach (var property in root.EnumerateObject().Where(property => property.Name is not ("topic" or "pubsubname")))
            {
                property.WriteTo(writer);
            }

            writer.WriteString("topic", topic);
            writer.WriteString("pubsubname", pubsub);
            WriteMissing("time", Time(now));
            WriteMissing("source", "Dapr");
            WriteMissing("type", DefaultType);
            WriteMissing("specversion", "1.0");
            WriteMissing("traceid", traceParent);
            WriteMissing("traceparent", traceParent);
            WriteMissing("tracestate", traceState);

            void WriteMissing(string name, string value)
            {
                if (!root.TryGetProperty(name, out _))
                {
                    writer.WriteString(name, value);
                }
            }
        });
    }

    /// <summary>Wraps bytes that were stored without an envelope, for a subscriber of raw payloads.</summary>
    public static byte[] WrapRaw(string pubsub, string topic, ReadOnlyMemory<byte> payload) => Write(writer =>
    {
        writer.WriteString("id", Guid.NewGuid().ToString());
        writer.WriteString("source", "Dapr");
        writer.WriteString("type", DefaultType);
        writer.WriteString("specversion", "1.0");
        writer.WriteString("datacontenttype", "application/octet-stream");
        writer.WriteString("topic", topic);
        writer.WriteString("pubsubname", pubsub);
        writer.WriteBase64String("data_base64", payload.Span);
    });

    /// <summary>"application/json" of "application/json; charset=utf-8".</summary>
    public static string MediaType(string contentType) => contentType.Split(';')[0].Trim().ToLowerInvariant();

    static void WriteData(Utf8JsonWriter writer, string mediaType, ReadOnlyMemory<byte> data)
    {
        if (mediaType == "application/octet-stream")
        {
            writer.WriteBase64String("data_base64", data.Span);
            return;
        }

        writer.WritePropertyName("data");
        if (mediaType == "application/json" && IsJson(data.Span))
        {
            writer.WriteRawValue(data.Span, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(Encoding.UTF8.GetString(data.Span));
        }
    }

    static bool IsJson(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        try
        {
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static string Time(DateTimeOffset now) => now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Json))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>The W3C trace of a publishing request; empty strings when there is none.</summary>
readonly record struct Trace(string Parent, string State);
