using System.Text.Json;
using Google.Api;
using Google.Protobuf.Reflection;
using Governance.Gateway.Transcoding;

namespace Governance.Gateway.OpenApi;

/// <summary>Writes messages as JSON Schema (2020-12), in the form that transcoding gives them.</summary>
sealed class JsonSchemas(Utf8JsonWriter json)
{
    readonly SortedDictionary<string, MessageSchema> _used = new(StringComparer.Ordinal);

    /// <summary>Writes the schemas of all messages that were referred to, and of those that they refer to.</summary>
    public void WriteUsed()
    {
        json.WriteStartObject("schemas");
        var written = new HashSet<string>(StringComparer.Ordinal);
        while (_used.Values.FirstOrDefault(message => !written.Contains(message.Descriptor.FullName)) is { } next)
        {
            written.Add(next.Descriptor.FullName);
            json.WriteStartObject(next.Descriptor.FullName);
            WriteObject(next, field => true, IsRequired);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    public static bool IsRequired(FieldSchema field) => Has(field, FieldBehavior.Required);

    static bool Has(FieldSchema field, FieldBehavior behavior) =>
        field.Descriptor.GetOptions()?.GetExtension(FieldBehaviorExtensions.FieldBehavior)?.Contains(behavior) == true;

    /// <summary>Writes an object's schema with those of its fields that <paramref name="include"/> names.</summary>
    public void WriteObject(MessageSchema message, Func<FieldSchema, bool> include, Func<FieldSchema, bool> require)
    {
        var fields = message.Fields.Where(include).ToList();
        json.WriteString("type", "object");
        Describe(message.Descriptor);
        json.WriteStartObject("properties");
        foreach (var field in fields)
        {
            json.WriteStartObject(field.Descriptor.JsonName);
            WriteField(field);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        var required = fields.Where(require).ToList();
        if (required.Count > 0)
        {
            json.WriteStartArray("required");
            required.ForEach(field => json.WriteStringValue(field.Descriptor.JsonName));
            json.WriteEndArray();
        }
        json.WriteBoolean("additionalProperties", false);
    }

    /// <summary>Writes the schema of <paramref name="field"/>'s value and what is said of the field.</summary>
    public void WriteField(FieldSchema field)
    {
        WriteType(field);
        Describe(field.Descriptor);
        if (Has(field, FieldBehavior.OutputOnly))
            json.WriteBoolean("readOnly", true);
    }

    /// <summary>Writes the schema of <paramref name="field"/>'s value.</summary>
    public void WriteType(FieldSchema field)
    {
        if (field.IsMap)
        {
            json.WriteString("type", "object");
            json.WriteStartObject("additionalProperties");
            WriteSingle(field.Message!.Fields[1]);
            json.WriteEndObject();
        }
        else if (field.IsRepeated)
        {
            json.WriteString("type", "array");
            json.WriteStartObject("items");
            WriteSingle(field);
            json.WriteEndObject();
        }
        else
        {
            WriteSingle(field);
        }
    }

    void WriteSingle(FieldSchema field)
    {
        switch (field.Type)
        {
            case FieldType.Message:
                WriteMessage(field.Message!);
                break;
            case FieldType.Enum:
                json.WriteString("type", "string");
                json.WriteStartArray("enum");
                foreach (var value in field.Enum!.Descriptor.Values)
                    json.WriteStringValue(value.Name);
                json.WriteEndArray();
                break;
            case FieldType.Bool:
                Type("boolean");
                break;
            case FieldType.String:
                Type("string");
                break;
            case FieldType.Bytes:
                Type("string", "byte");
                break;
            case FieldType.Double or FieldType.Float:
                Type("number", field.Type == FieldType.Float ? "float" : "double");
                break;
            case FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64:
                Type("string", "int64");
                break;
            case FieldType.UInt64 or FieldType.Fixed64:
                Type("string", "uint64");
                break;
            case FieldType.UInt32 or FieldType.Fixed32:
                Type("integer", "uint32");
                break;
            default:
                Type("integer", "int32");
                break;
        }
    }

    /// <summary>Writes a reference to <paramref name="message"/>, or its schema when its JSON is not an object of its fields.</summary>
    public void WriteMessage(MessageSchema message)
    {
        switch (message.WellKnown)
        {
            case WellKnown.None:
                _used.TryAdd(message.Descriptor.FullName, message);
                json.WriteString("$ref", $"#/components/schemas/{message.Descriptor.FullName}");
                break;
            case WellKnown.Timestamp:
                Type("string", "date-time");
                break;
            case WellKnown.Duration or WellKnown.FieldMask:
                Type("string");
                break;
            case WellKnown.Struct:
                Type("object");
                break;
            case WellKnown.ListValue:
                Type("array");
                break;
            case WellKnown.Wrapper:
                WriteSingle(message.Fields[0]);
                break;
            case WellKnown.Any:
                json.WriteString("type", "object");
                json.WriteStartObject("properties");
                json.WriteStartObject("@type");
                Type("string");
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            default:
                break; // Any JSON.
        }
    }

    void Type(string type, string? format = null)
    {
        json.WriteString("type", type);
        if (format is not null)
            json.WriteString("format", format);
    }

    void Describe(IDescriptor descriptor)
    {
        if (Comments.Of(descriptor) is { Length: > 0 } comment)
            json.WriteString("description", comment);
    }
}
