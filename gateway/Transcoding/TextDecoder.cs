using System.Text;
using Google.Protobuf.Reflection;
using Governance.Platform;

namespace Governance.Gateway.Transcoding;

/// <summary>
/// Turns text into a value's wire bytes: path variables, query parameters, map keys, and JSON's strings and numbers.
/// </summary>
static class TextDecoder
{
    /// <summary>Appends a value of the scalar <paramref name="field"/> without its tag; false when the text does not fit.</summary>
    public static bool TryScalar(FieldSchema field, ReadOnlySpan<byte> text, WireWriter wire)
    {
        switch (field.Type)
        {
            case FieldType.String:
                wire.Bytes(text);
                return true;
            case FieldType.Bytes:
                return TryBytes(text, wire);
            case FieldType.Bool:
                wire.Varint(text.SequenceEqual("true"u8) ? 1u : 0u);
                return text.SequenceEqual("true"u8) || text.SequenceEqual("false"u8);
            case FieldType.Enum:
                var isEnum = field.Enum!.TryNumber(text, out var number) || TryInt32(text, out number);
                wire.Varint((ulong)number);
                return isEnum;
            case FieldType.Int32:
                var isInt32 = TryInt32(text, out var int32);
                wire.Varint((ulong)int32);
                return isInt32;
            case FieldType.SInt32:
                var isSInt32 = TryInt32(text, out var sint32);
                wire.Varint((uint)(sint32 << 1 ^ sint32 >> 31));
                return isSInt32;
            case FieldType.SFixed32:
                var isSFixed32 = TryInt32(text, out var sfixed32);
                wire.Fixed32((uint)sfixed32);
                return isSFixed32;
            case FieldType.UInt32:
                var isUInt32 = Formats.TryParseUnsigned(text, out var uint32) && uint32 <= uint.MaxValue;
                wire.Varint(uint32);
                return isUInt32;
            case FieldType.Fixed32:
                var isFixed32 = Formats.TryParseUnsigned(text, out var fixed32) && fixed32 <= uint.MaxValue;
                wire.Fixed32((uint)fixed32);
                return isFixed32;
            case FieldType.Int64:
                var isInt64 = Formats.TryParseInteger(text, out var int64);
                wire.Varint((ulong)int64);
                return isInt64;
            case FieldType.SInt64:
                var isSInt64 = Formats.TryParseInteger(text, out var sint64);
                wire.Varint((ulong)(sint64 << 1 ^ sint64 >> 63));
                return isSInt64;
            case FieldType.SFixed64:
                var isSFixed64 = Formats.TryParseInteger(text, out var sfixed64);
                wire.Fixed64((ulong)sfixed64);
                return isSFixed64;
            case FieldType.UInt64:
                var isUInt64 = Formats.TryParseUnsigned(text, out var uint64);
                wire.Varint(uint64);
                return isUInt64;
            case FieldType.Fixed64:
                var isFixed64 = Formats.TryParseUnsigned(text, out var fixed64);
                wire.Fixed64(fixed64);
                return isFixed64;
            case FieldType.Double:
                var isDouble = Formats.TryParseDouble(text, out var real);
                wire.Fixed64(BitConverter.DoubleToUInt64Bits(real));
                return isDouble;
            case FieldType.Float:
                var isFloat = Formats.TryParseDouble(text, out var wide) && (!double.IsFinite(wide) || float.IsFinite((float)wide));
                wire.Fixed32(BitConverter.SingleToUInt32Bits((float)wide));
                return isFloat;
            default:
                return false;
        }
    }

    /// <summary>
    /// Appends the content of a message that has a text form (timestamp, duration, field mask, wrapper); false when the
    /// message has none or the text does not fit.
    /// </summary>
    public static bool TryMessage(MessageSchema schema, ReadOnlySpan<byte> text, WireWriter wire)
    {
        switch (schema.WellKnown)
        {
            case WellKnown.Timestamp when Formats.TryParseTimestamp(text, out var seconds, out var nanos):
            case WellKnown.Duration when Formats.TryParseDuration(text, out seconds, out nanos):
                wire.Tag(1, WireType.Varint);
                wire.Varint((ulong)seconds);
                wire.Tag(2, WireType.Varint);
                wire.Varint((ulong)nanos);
                return true;
            case WellKnown.FieldMask:
                var paths = new List<string>();
                if (!Formats.TryParseFieldMask(text, paths))
                    return false;
                foreach (var path in paths)
                {
                    wire.Tag(1, WireType.LengthDelimited);
                    wire.Bytes(Encoding.UTF8.GetBytes(path));
                }
                return true;
            case WellKnown.Wrapper:
                wire.Tag(1, schema.Fields[0].WireType);
                return TryScalar(schema.Fields[0], text, wire);
            default:
                return false;
        }
    }

    /// <summary>What <paramref name="field"/> must be, for the caller.</summary>
    public static Text Expected(FieldSchema field) => field.Type switch
    {
        FieldType.String => new("应为字符串。", "Must be a string."),
        FieldType.Bytes => new("应为 base64 文本。", "Must be base64 text."),
        FieldType.Bool => new("应为 true 或 false。", "Must be true or false."),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => new("应为 32 位整数。", "Must be a 32-bit integer."),
        FieldType.UInt32 or FieldType.Fixed32 => new("应为 32 位非负整数。", "Must be a 32-bit integer that is not negative."),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => new("应为 64 位整数。", "Must be a 64-bit integer."),
        FieldType.UInt64 or FieldType.Fixed64 => new("应为 64 位非负整数。", "Must be a 64-bit integer that is not negative."),
        FieldType.Float or FieldType.Double => new("应为数字。", "Must be a number."),
        FieldType.Enum => OneOf(field.Enum!.Descriptor),
        _ => Expected(field.Message!),
    };

    static Text OneOf(EnumDescriptor type)
    {
        var names = string.Join(", ", type.Values.Select(value => value.Name));
        return new($"应为下列之一：{names}。", $"Must be one of {names}.");
    }

    /// <summary>What a value of <paramref name="schema"/> must be, for the caller.</summary>
    public static Text Expected(MessageSchema schema) => schema.WellKnown switch
    {
        WellKnown.Timestamp => new("应为 RFC 3339 时间，例如 2026-05-01T08:00:00+08:00。",
            "Must be an RFC 3339 time, e.g. 2026-05-01T08:00:00+08:00."),
        WellKnown.Duration => new("应为以 s 结尾的秒数，例如 1.5s。", "Must be seconds ending in s, e.g. 1.5s."),
        WellKnown.FieldMask => new("应为逗号分隔的字段路径。", "Must be field paths separated by commas."),
        WellKnown.Wrapper => Expected(schema.Fields[0]),
        _ => new("应为 JSON 对象。", "Must be a JSON object."),
    };

    static bool TryInt32(ReadOnlySpan<byte> text, out int value)
    {
        var fits = Formats.TryParseInteger(text, out var wide) && wide is >= int.MinValue and <= int.MaxValue;
        value = fits ? (int)wide : 0;
        return fits;
    }

    static bool TryBytes(ReadOnlySpan<byte> text, WireWriter wire)
    {
        var start = wire.Begin();
        var length = Formats.DecodeBase64(text, wire.Room(text.Length).Span);
        wire.Advance(Math.Max(length, 0));
        wire.End(start);
        return length >= 0;
    }
}
