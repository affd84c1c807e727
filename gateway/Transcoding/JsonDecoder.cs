using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf.Reflection;
using Governance.Platform;

namespace Governance.Gateway.Transcoding;

/// <summary>A field of the request is not what the contract says.</summary>
sealed class FieldException(string field, Text rule) : Exception(rule.En)
{
    /// <summary>The field as the caller wrote it, e.g. "members[2].birthDate"; empty when it is the whole body.</summary>
    public string Field { get; } = field;

    public Text Rule { get; } = rule;
}

/// <summary>
/// Turns proto3 JSON into protobuf wire bytes. Stricter than most where leniency hides mistakes (unknown fields, a field
/// given twice, two members of a oneof), and as lenient as the specification asks elsewhere: either spelling of a field's
/// name, numbers as strings, any base64.
/// </summary>
ref struct JsonDecoder
{
    const int MaxDepth = 100;

    static readonly Text NoSuchField = new("没有这个字段。", "There is no such field.");

    enum Seen : byte { No, AsNull, Given }

    readonly ReadOnlySequence<byte> _source;
    readonly WireWriter _wire;
    Utf8JsonReader _json;

    JsonDecoder(ReadOnlySequence<byte> json, WireWriter wire)
    {
        _source = json;
        _json = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        _wire = wire;
    }

    /// <summary>Appends the message that <paramref name="json"/> holds.</summary>
    /// <exception cref="FieldException">The JSON is malformed or does not fit the message.</exception>
    public static void Decode(ReadOnlySequence<byte> json, MessageSchema schema, WireWriter wire) =>
        new JsonDecoder(json, wire).Decode(schema, field: null);

    /// <summary>Appends <paramref name="field"/> with the value that <paramref name="json"/> holds.</summary>
    /// <exception cref="FieldException">The JSON is malformed or does not fit the field.</exception>
    public static void Decode(ReadOnlySequence<byte> json, FieldSchema field, WireWriter wire) =>
        new JsonDecoder(json, wire).Decode(schema: null, field);

    void Decode(MessageSchema? schema, FieldSchema? field)
    {
        try
        {
            _json.Read();
            if (schema is not null)
                Message(schema);
            else
                Field(field!);
            _json.Read(); // Anything after the value throws here.
        }
        catch (JsonException e)
        {
            var (line, column) = (e.LineNumber + 1, e.BytePositionInLine + 1);
            throw new FieldException("", new(
                $"请求体不是正确的 JSON：第 {line} 行第 {column} 字节有误，或嵌套超过 {MaxDepth} 层。",
                $"The body is not well-formed JSON: see line {line}, byte {column}; at most {MaxDepth} levels may nest."));
        }
        catch (InvalidOperationException)
        {
            throw Wrong(new("文本不是正确的 UTF-8。", "Text must be valid UTF-8."));
        }
    }

    void Message(MessageSchema schema)
    {
        switch (schema.WellKnown)
        {
            case WellKnown.None:
                Members(schema, any: false);
                break;
            case WellKnown.Wrapper or WellKnown.Struct or WellKnown.ListValue:
                Field(schema.Fields[0]);
                break;
            case WellKnown.Value:
                AnyValue(schema);
                break;
            case WellKnown.Any:
                Any(schema);
                break;
            default:
                if (_json.TokenType != JsonTokenType.String || !TextDecoder.TryMessage(schema, Text(), _wire))
                    throw Wrong(TextDecoder.Expected(schema));
                break;
        }
    }

    void Members(MessageSchema schema, bool any)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
            throw Wrong(new("应为 JSON 对象。", "Must be a JSON object."));
        Span<Seen> seen = stackalloc Seen[schema.Fields.Length];
        seen.Clear();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndObject)
        {
            if (any && _json.ValueTextEquals("@type"u8))
            {
                _json.Skip();
                continue;
            }
            var field = schema.Named(Text()) ?? throw Wrong(NoSuchField);
            if (seen[field.Index] != Seen.No)
                throw Wrong(new("同一字段给了两次。", "The field is given twice."));
            seen[field.Index] = Seen.AsNull;
            _json.Read();
            if (_json.TokenType == JsonTokenType.Null && !field.TakesNull)
                continue; // Null is the same as leaving the field out.
            seen[field.Index] = Seen.Given;
            foreach (var sibling in field.Siblings)
            {
                if (seen[sibling] == Seen.Given)
                    throw Wrong(new($"不能与 {schema.Fields[sibling]} 同时给出。", $"Cannot be given together with {schema.Fields[sibling]}."));
            }
            Field(field);
        }
    }

    void Field(FieldSchema field)
    {
        if (field.IsMap)
        {
            Map(field);
        }
        else if (field.IsRepeated)
        {
            List(field);
        }
        else
        {
            _wire.Tag(field.Number, field.WireType);
            Value(field);
        }
    }

    void List(FieldSchema field)
    {
        if (_json.TokenType != JsonTokenType.StartArray)
            throw Wrong(new("应为 JSON 数组。", "Must be a JSON array."));
        var run = 0;
        for (var index = 0; _json.Read() && _json.TokenType != JsonTokenType.EndArray; index++)
        {
            if (_json.TokenType == JsonTokenType.Null && !field.TakesNull)
                throw Wrong(new("数组元素不能为 null。", "A list element cannot be null."));
            if (!field.IsPackable || index == 0)
                _wire.Tag(field.Number, WireType.LengthDelimited);
            if (field.IsPackable && index == 0)
                run = _wire.Begin();
            Value(field);
        }
        if (run > 0)
            _wire.End(run);
    }

    void Map(FieldSchema field)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
            throw Wrong(new("应为 JSON 对象。", "Must be a JSON object."));
        var (key, value) = (field.Message!.Fields[0], field.Message.Fields[1]);
        while (_json.Read() && _json.TokenType != JsonTokenType.EndObject)
        {
            _wire.Tag(field.Number, WireType.LengthDelimited);
            var entry = _wire.Begin();
            _wire.Tag(key.Number, key.WireType);
            if (!TextDecoder.TryScalar(key, Text(), _wire))
                throw Wrong(TextDecoder.Expected(key));
            _json.Read();
            if (_json.TokenType == JsonTokenType.Null && !value.TakesNull)
                throw Wrong(new("映射的值不能为 null。", "A map value cannot be null."));
            _wire.Tag(value.Number, value.WireType);
            Value(value);
            _wire.End(entry);
        }
    }

    /// <summary>Writes one value of <paramref name="field"/>, without the tag.</summary>
    void Value(FieldSchema field)
    {
        switch (field.Type)
        {
            case FieldType.Message:
                var message = _wire.Begin();
                Message(field.Message!);
                _wire.End(message);
                return;
            case FieldType.Bool when _json.TokenType is JsonTokenType.True or JsonTokenType.False:
                _wire.Varint(_json.TokenType == JsonTokenType.True ? 1u : 0u);
                return;
            case FieldType.String when _json.TokenType == JsonTokenType.String:
                String();
                return;
            case FieldType.Bool or FieldType.String:
                throw Wrong(TextDecoder.Expected(field));
            case FieldType.Bytes when _json.TokenType != JsonTokenType.String:
                throw Wrong(TextDecoder.Expected(field));
            default:
                if (_json.TokenType is not (JsonTokenType.String or JsonTokenType.Number) || !TextDecoder.TryScalar(field, Text(), _wire))
                    throw Wrong(TextDecoder.Expected(field));
                return;
        }
    }

    /// <summary>Unescapes straight into the buffer: text is never longer than its JSON.</summary>
    void String()
    {
        var longest = _json.HasValueSequence ? checked((int)_json.ValueSequence.Length) : _json.ValueSpan.Length;
        var start = _wire.Begin();
        _wire.Advance(_json.CopyString(_wire.Room(longest).Span));
        _wire.End(start);
    }

    /// <summary>google.protobuf.Value: whatever JSON there is.</summary>
    void AnyValue(MessageSchema schema)
    {
        var field = schema.Fields[_json.TokenType switch
        {
            JsonTokenType.Null => 0,
            JsonTokenType.Number => 1,
            JsonTokenType.String => 2,
            JsonTokenType.True or JsonTokenType.False => 3,
            JsonTokenType.StartObject => 4,
            _ => 5,
        }];
        _wire.Tag(field.Number, field.WireType);
        if (_json.TokenType == JsonTokenType.Null)
            _wire.Varint(0);
        else
            Value(field);
    }

    /// <summary>google.protobuf.Any: "@type" may stand anywhere in the object, so it is looked for ahead.</summary>
    void Any(MessageSchema schema)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
            throw Wrong(new("应为 JSON 对象。", "Must be a JSON object."));
        string? typeUrl = null;
        var ahead = _json;
        while (ahead.Read() && ahead.TokenType != JsonTokenType.EndObject)
        {
            var isType = ahead.ValueTextEquals("@type"u8);
            ahead.Read();
            if (isType && ahead.TokenType == JsonTokenType.String)
                typeUrl = ahead.GetString();
            ahead.Skip();
        }
        if (typeUrl is null || schema.Schemas.Named(typeUrl) is not { } type)
        {
            throw Wrong(new("@type 应为已知消息类型的网址，例如 type.googleapis.com/google.rpc.ErrorInfo。",
                "@type must be the URL of a known message type, e.g. type.googleapis.com/google.rpc.ErrorInfo."));
        }
        _wire.Tag(1, WireType.LengthDelimited);
        _wire.Bytes(Encoding.UTF8.GetBytes(typeUrl));
        _wire.Tag(2, WireType.LengthDelimited);
        var content = _wire.Begin();
        if (type.WellKnown == WellKnown.None)
            Members(type, any: true);
        else
            WellKnownInAny(type);
        _wire.End(content);
    }

    /// <summary>{"@type": …, "value": …}</summary>
    void WellKnownInAny(MessageSchema type)
    {
        while (_json.Read() && _json.TokenType != JsonTokenType.EndObject)
        {
            if (_json.ValueTextEquals("@type"u8))
            {
                _json.Skip();
                continue;
            }
            if (!_json.ValueTextEquals("value"u8))
                throw Wrong(NoSuchField);
            _json.Read();
            Message(type);
        }
    }

    /// <summary>The current token's text in UTF-8, unescaped.</summary>
    readonly ReadOnlySpan<byte> Text()
    {
        if (!_json.HasValueSequence && !_json.ValueIsEscaped)
            return _json.ValueSpan;
        if (_json.TokenType == JsonTokenType.Number)
            return _json.ValueSequence.ToArray();
        var text = new byte[_json.HasValueSequence ? checked((int)_json.ValueSequence.Length) : _json.ValueSpan.Length];
        return text.AsSpan(0, _json.CopyString(text));
    }

    readonly FieldException Wrong(Text rule) => new(PathTo(_json.TokenStartIndex), rule);

    /// <summary>
    /// The path to the token at <paramref name="position"/>. Only errors need it, so they read the JSON again and the others
    /// do not keep track.
    /// </summary>
    readonly string PathTo(long position)
    {
        var steps = new Stack<(string? Name, int Index)>();
        var json = new Utf8JsonReader(_source, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (json.Read())
        {
            var inArray = steps.TryPeek(out var step) && step.Name is null;
            if (json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                steps.Pop();
                continue;
            }
            if (json.TokenType == JsonTokenType.PropertyName)
            {
                steps.Pop();
                steps.Push((json.GetString(), 0));
            }
            else if (inArray)
            {
                steps.Pop();
                steps.Push((null, step.Index + 1));
            }
            if (json.TokenStartIndex >= position)
                break;
            if (json.TokenType == JsonTokenType.StartObject)
                steps.Push(("", 0));
            if (json.TokenType == JsonTokenType.StartArray)
                steps.Push((null, -1));
        }
        var path = new StringBuilder();
        foreach (var (name, index) in steps.Reverse())
        {
            if (name is null)
                path.Append('[').Append(index).Append(']');
            else
                path.Append(path.Length > 0 ? "." : "").Append(name);
        }
        return path.ToString();
    }
}
