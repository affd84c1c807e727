using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf.Reflection;

namespace Governance.Gateway.Transcoding;

/// <summary>The messages whose JSON form is not that of their fields.</summary>
enum WellKnown { None, Timestamp, Duration, FieldMask, Struct, Value, ListValue, Wrapper, Any }

/// <summary>
/// Message types compiled for transcoding: what a descriptor says, in the form in which the two directions ask for it.
/// A message never exists as an object here; JSON and wire bytes are turned into one another field by field.
/// </summary>
sealed class Schemas
{
    readonly Dictionary<string, MessageSchema> _messages = new(StringComparer.Ordinal);

    public Schemas(IEnumerable<FileDescriptor> files)
    {
        foreach (var file in files)
            Add(file);
    }

    void Add(FileDescriptor file)
    {
        foreach (var dependency in file.Dependencies)
            Add(dependency);
        foreach (var message in file.MessageTypes)
            Of(message);
    }

    /// <summary>The schema of <paramref name="descriptor"/>.</summary>
    public MessageSchema Of(MessageDescriptor descriptor)
    {
        if (_messages.TryGetValue(descriptor.FullName, out var known))
            return known;
        var schema = new MessageSchema(descriptor, this);
        _messages.Add(descriptor.FullName, schema);
        // Fields come after the message is known, because messages may contain themselves.
        schema.Compile(this);
        foreach (var nested in descriptor.NestedTypes)
            Of(nested);
        return schema;
    }

    /// <summary>The schema that an Any's type URL names, or null when the suite does not know it.</summary>
    public MessageSchema? Named(string typeUrl) => _messages.GetValueOrDefault(typeUrl[(typeUrl.LastIndexOf('/') + 1)..]);
}

/// <summary>One message type, compiled.</summary>
sealed class MessageSchema(MessageDescriptor descriptor, Schemas schemas)
{
    static readonly Utf8Comparer Utf8 = new();

    FrozenDictionary<int, FieldSchema> _byNumber = FrozenDictionary<int, FieldSchema>.Empty;
    Dictionary<byte[], FieldSchema>.AlternateLookup<ReadOnlySpan<byte>> _byName;

    public MessageDescriptor Descriptor { get; } = descriptor;

    /// <summary>All types that may be named by an Any inside this message.</summary>
    public Schemas Schemas { get; } = schemas;

    public WellKnown WellKnown { get; } = descriptor.FullName switch
    {
        "google.protobuf.Timestamp" => WellKnown.Timestamp,
        "google.protobuf.Duration" => WellKnown.Duration,
        "google.protobuf.FieldMask" => WellKnown.FieldMask,
        "google.protobuf.Struct" => WellKnown.Struct,
        "google.protobuf.Value" => WellKnown.Value,
        "google.protobuf.ListValue" => WellKnown.ListValue,
        "google.protobuf.Any" => WellKnown.Any,
        "google.protobuf.DoubleValue" or "google.protobuf.FloatValue" or "google.protobuf.Int64Value" or "google.protobuf.UInt64Value"
            or "google.protobuf.Int32Value" or "google.protobuf.UInt32Value" or "google.protobuf.BoolValue"
            or "google.protobuf.StringValue" or "google.protobuf.BytesValue" => WellKnown.Wrapper,
        _ => WellKnown.None,
    };

    /// <summary>The fields in the order of their numbers, which is the order of the JSON.</summary>
    public FieldSchema[] Fields { get; private set; } = [];

    public void Compile(Schemas schemas)
    {
        Fields = [.. Descriptor.Fields.InFieldNumberOrder().Select((field, index) => new FieldSchema(field, index, schemas))];
        _byNumber = Fields.ToFrozenDictionary(field => field.Number);
        var byName = new Dictionary<byte[], FieldSchema>(Utf8);
        foreach (var field in Fields)
            byName[Encoding.UTF8.GetBytes(field.Descriptor.Name)] = field;
        // Where the two spellings of two fields collide, the JSON name wins.
        foreach (var field in Fields)
            byName[Encoding.UTF8.GetBytes(field.Descriptor.JsonName)] = field;
        _byName = byName.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public FieldSchema? Numbered(int number) => _byNumber.GetValueOrDefault(number);

    /// <summary>The field called <paramref name="name"/> in JSON or in the contract.</summary>
    public FieldSchema? Named(ReadOnlySpan<byte> name) => _byName.TryGetValue(name, out var field) ? field : null;

    sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);
        public int GetHashCode(byte[] name) => GetHashCode(name.AsSpan());
        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);
        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        // Names of one message differ in length or in their ends: enough for a handful of fields, and cheap.
        public int GetHashCode(ReadOnlySpan<byte> name) =>
            name.Length < 4 ? name.Length : HashCode.Combine(name.Length, name[0], name[name.Length / 2], name[^2], name[^1]);
    }
}

/// <summary>One field, compiled.</summary>
sealed class FieldSchema
{
    public FieldSchema(FieldDescriptor descriptor, int index, Schemas schemas)
    {
        Descriptor = descriptor;
        Index = index;
        Name = JsonEncodedText.Encode(descriptor.JsonName, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        WireType = descriptor.FieldType switch
        {
            FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => WireType.Fixed64,
            FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => WireType.Fixed32,
            FieldType.String or FieldType.Bytes or FieldType.Message => WireType.LengthDelimited,
            FieldType.Group => throw new NotSupportedException($"{descriptor.FullName} is a group; groups have no JSON form."),
            _ => WireType.Varint,
        };
        IsPackable = descriptor.IsRepeated && WireType != WireType.LengthDelimited;
        Message = descriptor.FieldType == FieldType.Message ? schemas.Of(descriptor.MessageType) : null;
        Enum = descriptor.FieldType == FieldType.Enum ? new EnumSchema(descriptor.EnumType) : null;
        Siblings = descriptor.RealContainingOneof is { } oneof
            ? [.. descriptor.ContainingType.Fields.InFieldNumberOrder()
                .Select((field, position) => (field, position))
                .Where(other => other.field.RealContainingOneof == oneof && other.position != index)
                .Select(other => other.position)]
            : [];
    }

    public FieldDescriptor Descriptor { get; }

    /// <summary>Position in <see cref="MessageSchema.Fields"/>.</summary>
    public int Index { get; }

    public int Number => Descriptor.FieldNumber;
    public FieldType Type => Descriptor.FieldType;
    public JsonEncodedText Name { get; }
    public WireType WireType { get; }

    /// <summary>Whether its values may stand together in one length-delimited run.</summary>
    public bool IsPackable { get; }

    public bool IsRepeated => Descriptor.IsRepeated;
    public bool IsMap => Descriptor.IsMap;

    /// <summary>Null unless the field holds messages.</summary>
    public MessageSchema? Message { get; }

    /// <summary>Null unless the field holds enum values.</summary>
    public EnumSchema? Enum { get; }

    /// <summary>The other members of its oneof, as positions.</summary>
    public int[] Siblings { get; }

    /// <summary>Whether JSON null is a value of the field rather than its absence.</summary>
    public bool TakesNull => Message is { WellKnown: WellKnown.Value };

    public override string ToString() => Descriptor.JsonName;
}

/// <summary>One enum, compiled.</summary>
sealed class EnumSchema
{
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _numbers;
    readonly FrozenDictionary<int, JsonEncodedText> _names;

    public EnumSchema(EnumDescriptor descriptor)
    {
        Descriptor = descriptor;
        _numbers = descriptor.Values.ToDictionary(value => value.Name, value => value.Number, StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        // With aliases the first name speaks for the number.
        _names = descriptor.Values.DistinctBy(value => value.Number)
            .ToFrozenDictionary(value => value.Number, value => JsonEncodedText.Encode(value.Name));
    }

    public EnumDescriptor Descriptor { get; }

    public bool TryNumber(ReadOnlySpan<byte> name, out int number)
    {
        number = 0;
        Span<char> text = stackalloc char[128];
        return name.Length <= text.Length && Encoding.UTF8.TryGetChars(name, text, out var length)
            && _numbers.TryGetValue(text[..length], out number);
    }

    public bool TryName(int number, out JsonEncodedText name) => _names.TryGetValue(number, out name);
}

/// <summary>The wire types of the protobuf encoding.</summary>
enum WireType { Varint = 0, Fixed64 = 1, LengthDelimited = 2, StartGroup = 3, EndGroup = 4, Fixed32 = 5 }
