using System.Text.Json;
using Google.Protobuf.Reflection;
using Governance.Contracts;
using Governance.Gateway.Transcoding;

namespace Governance.Gateway.OpenApi;

/// <summary>The events as an AsyncAPI 3.0 document: a channel per topic, a CloudEvent per message of <c>*_events.proto</c>.</summary>
static class AsyncApiDocument
{
    public static byte[] Write(IReadOnlyList<FileDescriptor> files, Schemas schemas)
    {
        var events = files.Where(file => file.Name.EndsWith("_events.proto", StringComparison.Ordinal))
            .ToLookup(Contract.Owner, StringComparer.Ordinal);
        // What every service tells alike is on every topic.
        var topics = events.Where(owner => owner.Key != Contract.Shared).ToDictionary(
            owner => owner.Key, owner => owner.Concat(events[Contract.Shared]).SelectMany(Events).ToList(), StringComparer.Ordinal);
        using var buffer = new WireWriter();
        using (var json = new Utf8JsonWriter(buffer, OpenApiDocument.Json))
            WriteDocument(topics, schemas, json);
        return buffer.Written.ToArray();
    }

    static void WriteDocument(Dictionary<string, List<MessageDescriptor>> topics, Schemas schemas, Utf8JsonWriter json)
    {
        var messages = new JsonSchemas(json);
        json.WriteStartObject();
        json.WriteString("asyncapi", "3.0.0");
        json.WriteStartObject("info");
        json.WriteString("title", "Governance events");
        json.WriteString("version", "v1");
        json.WriteString("description",
            "CloudEvents 1.0 on the Dapr component pubsub. Delivered at least once, and in order for one subject: " +
            "know an event again by its id, and its place by its sequence.");
        json.WriteEndObject();
        json.WriteString("defaultContentType", "application/cloudevents+json");
        json.WriteStartObject("channels");
        foreach (var (topic, types) in topics)
        {
            json.WriteStartObject(topic);
            json.WriteString("address", topic);
            json.WriteStartObject("messages");
            foreach (var type in types)
                WriteReference(json, type.Name, $"#/components/messages/{type.FullName}");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartObject("operations");
        foreach (var topic in topics.Keys)
        {
            json.WriteStartObject($"{topic}.publish");
            json.WriteString("action", "send");
            WriteReference(json, "channel", $"#/channels/{topic}");
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartObject("components");
        json.WriteStartObject("messages");
        foreach (var type in topics.Values.SelectMany(types => types).Distinct())
            WriteEvent(json, type, () => messages.WriteMessage(schemas.Of(type)));
        json.WriteEndObject();
        messages.WriteUsed();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A file's events: the messages that are no part of another.</summary>
    static IEnumerable<MessageDescriptor> Events(FileDescriptor file)
    {
        var parts = file.MessageTypes.SelectMany(message => message.Fields.InDeclarationOrder())
            .Where(field => field.FieldType == FieldType.Message)
            .Select(field => field.MessageType.FullName)
            .ToHashSet(StringComparer.Ordinal);
        return file.MessageTypes.Where(message => !parts.Contains(message.FullName));
    }

    static void WriteEvent(Utf8JsonWriter json, MessageDescriptor type, Action data)
    {
        var comment = Comments.Of(type);
        json.WriteStartObject(type.FullName);
        json.WriteString("name", type.FullName);
        json.WriteString("title", type.Name);
        json.WriteString("summary", Comments.Summary(comment));
        json.WriteString("description", comment);
        json.WriteStartObject("payload");
        json.WriteString("type", "object");
        json.WriteStartObject("properties");
        WriteConstant(json, "specversion", "1.0");
        WriteConstant(json, "type", type.FullName);
        WriteText(json, "source", "/governance/<service>: who tells it.");
        WriteConstant(json, "datacontenttype", "application/json");
        WriteText(json, "id", "Unique for ever; a repeated delivery carries the same id.");
        WriteText(json, "subject", "Id of the thing that the event is about.");
        WriteText(json, "time", "When it happened, RFC 3339.");
        WriteText(json, "division", "Division code of the thing.");
        WriteText(json, "sequence", "Grows with every event of the same subject.");
        WriteText(json, "partitionkey", "Events with the same key keep their order.");
        json.WriteStartObject("data");
        data();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteConstant(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartObject(name);
        json.WriteString("const", value);
        json.WriteEndObject();
    }

    static void WriteText(Utf8JsonWriter json, string name, string description)
    {
        json.WriteStartObject(name);
        json.WriteString("type", "string");
        json.WriteString("description", description);
        json.WriteEndObject();
    }

    static void WriteReference(Utf8JsonWriter json, string name, string target)
    {
        json.WriteStartObject(name);
        json.WriteString("$ref", target);
        json.WriteEndObject();
    }
}
