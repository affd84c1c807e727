using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Google.Protobuf.Reflection;

namespace Governance.Gateway.Transcoding;

/// <summary>
/// Turns protobuf wire bytes into proto3 JSON: fields by number, defaults left out, 64-bit integers as strings. Whatever
/// is legal on the wire is understood: any order, lists packed or not and interleaved, fields given again.
/// </summary>
static class JsonEncoder
{
    const int MaxDepth = 100;

    /// <summary>Where a field's values lie in the message.</summary>
    [StructLayout(LayoutKind.Auto)]
    struct Found
    {
        public int First;
        public int Last;
        public int Count;
    }

    /// <summary>Writes the message in <paramref name="wire"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such a message.</exception>
    public static void Encode(ReadOnlySpan<byte> wire, MessageSchema schema, Utf8JsonWriter json) => Message(wire, schema, json, 0);

    /// <summary>Writes the value of one <paramref name="field"/> of the message, or its default.</summary>
    public static void Encode(ReadOnlySpan<byte> wire, MessageSchema schema, FieldSchema field, Utf8JsonWriter json) =>
        ValueOrDefault(wire, schema, field, json, 0);

    static void ValueOrDefault(ReadOnlySpan<byte> wire, MessageSchema schema, FieldSchema field, Utf8JsonWriter json, int depth)
    {
        Span<Found> found = stackalloc Found[schema.Fields.Length];
        Scan(wire, schema, found);
        if (found[field.Index].Count > 0)
            Values(wire, field, found[field.Index], json, depth);
        else if (field.IsMap)
            json.WriteRawValue("{}"u8);
        else if (field.IsRepeated)
            json.WriteRawValue("[]"u8);
        else
            Default(field, json, depth);
    }

    static void Message(ReadOnlySpan<byte> wire, MessageSchema schema, Utf8JsonWriter json, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException($"The message nests more than {MaxDepth} levels.");
        switch (schema.WellKnown)
        {
            case WellKnown.None:
                json.WriteStartObject();
                Members(wire, schema, json, depth);
                json.WriteEndObject();
                break;
            case WellKnown.Struct or WellKnown.ListValue or WellKnown.Wrapper:
                ValueOrDefault(wire, schema, schema.Fields[0], json, depth + 1);
                break;
            case WellKnown.Value:
                AnyValue(wire, schema, json, depth);
                break;
            case WellKnown.Any:
                Any(wire, schema, json, depth);
                break;
            case WellKnown.FieldMask:
                FieldMask(wire, json);
                break;
            default:
                Time(wire, schema.WellKnown, json);
                break;
        }
    }

    static void Members(ReadOnlySpan<byte> wire, MessageSchema schema, Utf8JsonWriter json, int depth)
    {
        Span<Found> found = stackalloc Found[schema.Fields.Length];
        Scan(wire, schema, found);
        foreach (var field in schema.Fields)
        {
            var at = found[field.Index];
            if (at.Count == 0 || !field.Descriptor.HasPresence && !field.IsRepeated && IsDefault(wire, field, at.Last))
                continue;
            if (field.IsPackable && IsEmpty(wire, field, at))
                continue;
            json.WritePropertyName(field.Name);
            Values(wire, field, at, json, depth);
        }
    }

    /// <summary>Finds every known field once, so that they can be written in order whatever order they came in.</summary>
    static void Scan(ReadOnlySpan<byte> wire, MessageSchema schema, Span<Found> found)
    {
        found.Clear();
        var reader = new WireReader(wire);
        while (!reader.AtEnd)
        {
            var start = reader.Position;
            var (number, type) = reader.Tag();
            if (schema.Numbered(number) is { } field && Fits(field, type))
            {
                ref var at = ref found[field.Index];
                if (at.Count++ == 0)
                    at.First = start;
                at.Last = start;
                foreach (var sibling in field.Siblings)
                    found[sibling] = default; // Of a oneof the last member stays.
            }
            reader.Skip(type);
        }
    }

    static bool Fits(FieldSchema field, WireType type) =>
        type == field.WireType || field.IsPackable && type == WireType.LengthDelimited;

    static bool IsDefault(ReadOnlySpan<byte> wire, FieldSchema field, int position)
    {
        var reader = new WireReader(wire) { Position = position };
        reader.Tag();
        return field.WireType switch
        {
            WireType.LengthDelimited => reader.Bytes().IsEmpty,
            WireType.Fixed32 => reader.Fixed32() == 0,
            WireType.Fixed64 => reader.Fixed64() == 0,
            _ => reader.Varint() == 0,
        };
    }

    /// <summary>Whether all of the field's packed runs are empty.</summary>
    static bool IsEmpty(ReadOnlySpan<byte> wire, FieldSchema field, Found at)
    {
        var reader = new WireReader(wire) { Position = at.First };
        return at.Count == 1 && reader.Tag().Type == WireType.LengthDelimited && reader.Bytes().IsEmpty;
    }

    static void Values(ReadOnlySpan<byte> wire, FieldSchema field, Found at, Utf8JsonWriter json, int depth)
    {
        if (!field.IsRepeated)
        {
            Singular(wire, field, at, json, depth);
            return;
        }
        if (field.IsMap)
            json.WriteStartObject();
        else
            json.WriteStartArray();
        var reader = new WireReader(wire) { Position = at.First };
        for (var left = at.Count; left > 0;)
        {
            var (number, type) = reader.Tag();
            if (number != field.Number || !Fits(field, type))
            {
                reader.Skip(type);
                continue;
            }
            left--;
            if (field.IsMap)
                Entry(reader.Bytes(), field.Message!, json, depth);
            else if (type == field.WireType)
                Value(ref reader, field, json, depth);
            else
                Packed(reader.Bytes(), field, json, depth);
        }
        if (field.IsMap)
            json.WriteEndObject();
        else
            json.WriteEndArray();
    }

    static void Packed(ReadOnlySpan<byte> run, FieldSchema field, Utf8JsonWriter json, int depth)
    {
        for (var reader = new WireReader(run); !reader.AtEnd;)
            Value(ref reader, field, json, depth);
    }

    static void Singular(ReadOnlySpan<byte> wire, FieldSchema field, Found at, Utf8JsonWriter json, int depth)
    {
        if (field.Message is not null && at.Count > 1)
        {
            // A message that is given in parts is the parts one after another: the encoding is made for that.
            Message(Joined(wire, field, at), field.Message, json, depth + 1);
            return;
        }
        var reader = new WireReader(wire) { Position = at.Last };
        reader.Tag();
        Value(ref reader, field, json, depth);
    }

    static byte[] Joined(ReadOnlySpan<byte> wire, FieldSchema field, Found at)
    {
        var joined = new List<byte>();
        var reader = new WireReader(wire) { Position = at.First };
        for (var left = at.Count; left > 0;)
        {
            var (number, type) = reader.Tag();
            if (number == field.Number && type == WireType.LengthDelimited)
            {
                joined.AddRange(reader.Bytes());
                left--;
            }
            else
            {
                reader.Skip(type);
            }
        }
        return [.. joined];
    }

    static void Entry(ReadOnlySpan<byte> entry, MessageSchema schema, Utf8JsonWriter json, int depth)
    {
        Span<Found> found = stackalloc Found[2];
        Scan(entry, schema, found);
        var reader = new WireReader(entry) { Position = found[0].Last };
        if (found[0].Count > 0)
            reader.Tag();
        Key(ref reader, schema.Fields[0], found[0].Count > 0, json);
        if (found[1].Count > 0)
            Singular(entry, schema.Fields[1], found[1], json, depth);
        else
            Default(schema.Fields[1], json, depth);
    }

    static void Key(ref WireReader reader, FieldSchema key, bool isGiven, Utf8JsonWriter json)
    {
        if (key.Type == FieldType.String)
        {
            json.WritePropertyName(isGiven ? reader.Bytes() : default);
            return;
        }
        if (key.Type == FieldType.Bool)
        {
            json.WritePropertyName(isGiven && reader.Varint() != 0 ? "true"u8 : "false"u8);
            return;
        }
        Span<byte> text = stackalloc byte[20];
        var length = 0;
        if (!isGiven)
            0.TryFormat(text, out length);
        else if (IsUnsigned(key.Type))
            Unsigned(ref reader, key).TryFormat(text, out length);
        else
            Signed(ref reader, key).TryFormat(text, out length);
        json.WritePropertyName(text[..length]);
    }

    static bool IsUnsigned(FieldType type) => type is FieldType.UInt32 or FieldType.UInt64 or FieldType.Fixed32 or FieldType.Fixed64;

    static ulong Unsigned(ref WireReader reader, FieldSchema field) => field.Type switch
    {
        FieldType.UInt32 => (uint)reader.Varint(),
        FieldType.UInt64 => reader.Varint(),
        FieldType.Fixed32 => reader.Fixed32(),
        _ => reader.Fixed64(),
    };

    static long Signed(ref WireReader reader, FieldSchema field)
    {
        switch (field.Type)
        {
            case FieldType.SFixed32:
                return (int)reader.Fixed32();
            case FieldType.SFixed64:
                return (long)reader.Fixed64();
            case FieldType.SInt32 or FieldType.SInt64:
                var zigzag = reader.Varint();
                var value = (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
                return field.Type == FieldType.SInt32 ? (int)value : value;
            default:
                var varint = (long)reader.Varint();
                return field.Type == FieldType.Int64 ? varint : (int)varint;
        }
    }

    /// <summary>Writes the value that <paramref name="reader"/> stands before.</summary>
    static void Value(ref WireReader reader, FieldSchema field, Utf8JsonWriter json, int depth)
    {
        switch (field.Type)
        {
            case FieldType.Message:
                Message(reader.Bytes(), field.Message!, json, depth + 1);
                break;
            case FieldType.String:
                json.WriteStringValue(reader.Bytes());
                break;
            case FieldType.Bytes:
                json.WriteBase64StringValue(reader.Bytes());
                break;
            case FieldType.Bool:
                json.WriteBooleanValue(reader.Varint() != 0);
                break;
            case FieldType.Enum:
                EnumValue((int)reader.Varint(), field, json);
                break;
            case FieldType.Double:
                Real(BitConverter.UInt64BitsToDouble(reader.Fixed64()), json);
                break;
            case FieldType.Float:
                var single = BitConverter.UInt32BitsToSingle(reader.Fixed32());
                if (float.IsFinite(single))
                    json.WriteNumberValue(single);
                else
                    Real(single, json);
                break;
            case FieldType.UInt64 or FieldType.Fixed64:
                Quoted(Unsigned(ref reader, field), json);
                break;
            case FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64:
                Quoted(Signed(ref reader, field), json);
                break;
            case FieldType.UInt32 or FieldType.Fixed32:
                json.WriteNumberValue(Unsigned(ref reader, field));
                break;
            default:
                json.WriteNumberValue(Signed(ref reader, field));
                break;
        }
    }

    static void Default(FieldSchema field, Utf8JsonWriter json, int depth)
    {
        // Read from zeros every type is its default: the number 0, false, nothing.
        var reader = new WireReader([0, 0, 0, 0, 0, 0, 0, 0]);
        Value(ref reader, field, json, depth);
    }

    static void EnumValue(int number, FieldSchema field, Utf8JsonWriter json)
    {
        if (field.Enum!.Descriptor.FullName == "google.protobuf.NullValue")
            json.WriteNullValue();
        else if (field.Enum.TryName(number, out var name))
            json.WriteStringValue(name);
        else
            json.WriteNumberValue(number);
    }

    static void Real(double value, Utf8JsonWriter json)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteStringValue(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8);
    }

    static void Quoted<T>(T value, Utf8JsonWriter json) where T : IUtf8SpanFormattable
    {
        Span<byte> text = stackalloc byte[20];
        value.TryFormat(text, out var length, default, null);
        json.WriteStringValue(text[..length]);
    }

    static void AnyValue(ReadOnlySpan<byte> wire, MessageSchema schema, Utf8JsonWriter json, int depth)
    {
        Span<Found> found = stackalloc Found[schema.Fields.Length];
        Scan(wire, schema, found);
        foreach (var field in schema.Fields)
        {
            if (found[field.Index].Count > 0)
            {
                Singular(wire, field, found[field.Index], json, depth);
                return;
            }
        }
        json.WriteNullValue();
    }

    static void Any(ReadOnlySpan<byte> wire, MessageSchema schema, Utf8JsonWriter json, int depth)
    {
        ReadOnlySpan<byte> typeUrl = default, content = default;
        for (var reader = new WireReader(wire); !reader.AtEnd;)
        {
            switch (reader.Tag())
            {
                case (1, WireType.LengthDelimited):
                    typeUrl = reader.Bytes();
                    break;
                case (2, WireType.LengthDelimited):
                    content = reader.Bytes();
                    break;
                case var (_, type):
                    reader.Skip(type);
                    break;
            }
        }
        json.WriteStartObject();
        json.WriteString("@type"u8, typeUrl);
        if (schema.Schemas.Named(Encoding.UTF8.GetString(typeUrl)) is not { } inner)
        {
            // A type that the suite does not know keeps its bytes.
            if (!typeUrl.IsEmpty)
                json.WriteBase64String("value"u8, content);
        }
        else if (inner.WellKnown == WellKnown.None)
        {
            Members(content, inner, json, depth + 1);
        }
        else
        {
            json.WritePropertyName("value"u8);
            Message(content, inner, json, depth + 1);
        }
        json.WriteEndObject();
    }

    static void FieldMask(ReadOnlySpan<byte> wire, Utf8JsonWriter json)
    {
        var paths = new List<string>();
        for (var reader = new WireReader(wire); !reader.AtEnd;)
        {
            if (reader.Tag() is var (number, type) && (number, type) != (1, WireType.LengthDelimited))
                reader.Skip(type);
            else
                paths.Add(Formats.FormatFieldPath(Encoding.UTF8.GetString(reader.Bytes())));
        }
        json.WriteStringValue(string.Join(',', paths));
    }

    /// <summary>Timestamp and Duration: seconds = 1, nanos = 2.</summary>
    static void Time(ReadOnlySpan<byte> wire, WellKnown kind, Utf8JsonWriter json)
    {
        var (seconds, nanos) = (0L, 0);
        for (var reader = new WireReader(wire); !reader.AtEnd;)
        {
            switch (reader.Tag())
            {
                case (1, WireType.Varint):
                    seconds = (long)reader.Varint();
                    break;
                case (2, WireType.Varint):
                    nanos = (int)reader.Varint();
                    break;
                case var (_, type):
                    reader.Skip(type);
                    break;
            }
        }
        Span<byte> text = stackalloc byte[40];
        var length = kind == WellKnown.Timestamp
            ? Formats.FormatTimestamp(seconds, nanos, text)
            : Formats.FormatDuration(seconds, nanos, text);
        json.WriteStringValue(text[..length]);
    }
}
