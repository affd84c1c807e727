using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Governance.Gateway.Transcoding;
using Governance.Trial.V1;
using Xunit;

namespace Governance.Gateway.Tests;

public sealed class JsonTests
{
    static readonly Schemas _schemas = new([LibraryReflection.Descriptor]);
    static readonly TypeRegistry _types = TypeRegistry.FromFiles(LibraryReflection.Descriptor);
    static readonly JsonParser _parser = new(JsonParser.Settings.Default.WithTypeRegistry(_types));
    static readonly JsonFormatter _formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(_types));

    [Fact]
    public void Any_message_survives_wire_to_JSON_to_wire() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(RandomValues.Arbitrary, values => Assert.Equal(values, Decode(Encode(values.ToByteArray())))));

    [Fact]
    public void The_JSON_means_the_same_to_the_reference_parser() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(RandomValues.Arbitrary, values => Assert.Equal(values, _parser.Parse<Values>(Encode(values.ToByteArray())))));

    [Fact]
    public void The_reference_formatters_JSON_is_understood() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(RandomValues.Arbitrary, values => Assert.Equal(values, Decode(_formatter.Format(values)))));

    [Fact]
    public void JSON_in_many_buffers_is_understood() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(50),
        Prop.ForAll(RandomValues.Arbitrary, values => Assert.Equal(values, Decode(Shredded(Encode(values.ToByteArray()))))));

    [Theory]
    [InlineData("""{"anInt32":1}""", """{"anInt32":1}""")]
    [InlineData("""{"an_int32":1}""", """{"anInt32":1}""")]
    [InlineData("""{"anInt32":"5"}""", """{"anInt32":5}""")]
    [InlineData("""{"anInt32":1e2}""", """{"anInt32":100}""")]
    [InlineData("""{"anInt32":1.0}""", """{"anInt32":1}""")]
    [InlineData("""{"anInt32":0}""", "{}")]
    [InlineData("""{"anInt32":null}""", "{}")]
    [InlineData("""{"anInt64":9223372036854775807}""", """{"anInt64":"9223372036854775807"}""")]
    [InlineData("""{"aUint64":"18446744073709551615"}""", """{"aUint64":"18446744073709551615"}""")]
    [InlineData("""{"aDouble":"NaN","aFloat":"-Infinity"}""", """{"aDouble":"NaN","aFloat":"-Infinity"}""")]
    [InlineData("""{"aDouble":"1.5"}""", """{"aDouble":1.5}""")]
    [InlineData("""{"aBytes":"-_8"}""", """{"aBytes":"+/8="}""")]
    [InlineData("""{"aBytes":"+/8="}""", """{"aBytes":"+/8="}""")]
    [InlineData("""{"aBytes":"+/8"}""", """{"aBytes":"+/8="}""")]
    [InlineData("""{"aColour":"COLOUR_RED"}""", """{"aColour":"COLOUR_RED"}""")]
    [InlineData("""{"aColour":2}""", """{"aColour":"COLOUR_GREEN"}""")]
    [InlineData("""{"aColour":-1}""", """{"aColour":"COLOUR_BELOW"}""")]
    [InlineData("""{"aColour":42}""", """{"aColour":42}""")]
    [InlineData("""{"renamed":"a"}""", """{"otherName":"a"}""")]
    [InlineData("""{"otherName":"a"}""", """{"otherName":"a"}""")]
    [InlineData("""{"optionalInt32":0,"optionalString":""}""", """{"optionalInt32":0,"optionalString":""}""")]
    [InlineData("""{"choiceInt32":0}""", """{"choiceInt32":0}""")]
    [InlineData("""{"choiceInt32":null,"choiceString":"a"}""", """{"choiceString":"a"}""")]
    [InlineData("""{"aString":"中\u4e2d\ud83d\ude00"}""", """{"aString":"中中\uD83D\uDE00"}""")]
    [InlineData("""{"int32s":[]}""", "{}")]
    [InlineData("""{"byBool":{"true":"2026-01-02T03:04:05Z"}}""", """{"byBool":{"true":"2026-01-02T03:04:05Z"}}""")]
    [InlineData("""{"byString":{"":0}}""", """{"byString":{"":0}}""")]
    [InlineData("""{"time":"2026-01-02T11:04:05.1+08:00"}""", """{"time":"2026-01-02T03:04:05.100Z"}""")]
    [InlineData("""{"time":"2026-01-02t03:04:05.123456789z"}""", """{"time":"2026-01-02T03:04:05.123456789Z"}""")]
    [InlineData("""{"time":"1969-12-31T23:59:59.5Z"}""", """{"time":"1969-12-31T23:59:59.500Z"}""")]
    [InlineData("""{"duration":"-1.5s"}""", """{"duration":"-1.500s"}""")]
    [InlineData("""{"duration":"0s"}""", """{"duration":"0s"}""")]
    [InlineData("""{"mask":"aDouble,nested.aString"}""", """{"mask":"aDouble,nested.aString"}""")]
    [InlineData("""{"mask":"a_double"}""", """{"mask":"aDouble"}""")]
    [InlineData("""{"mask":""}""", """{"mask":""}""")]
    [InlineData("""{"object":{"a":[1,"b",null,{"c":true}]}}""", """{"object":{"a":[1,"b",null,{"c":true}]}}""")]
    [InlineData("""{"value":null}""", """{"value":null}""")]
    [InlineData("""{"values":[null,1]}""", """{"values":[null,1]}""")]
    [InlineData("""{"wrappedInt32":0,"wrappedString":"","wrappedBool":false}""", """{"wrappedInt32":0,"wrappedBool":false,"wrappedString":""}""")]
    [InlineData("""{"any":{"@type":"x/google.protobuf.Duration","value":"1s"}}""", """{"any":{"@type":"x/google.protobuf.Duration","value":"1s"}}""")]
    [InlineData("""{"any":{"bookId":"7","@type":"x/governance.trial.v1.Book"}}""", """{"any":{"@type":"x/governance.trial.v1.Book","bookId":"7"}}""")]
    [InlineData("""{"empty":{}}""", """{"empty":{}}""")]
    public void Every_form_that_the_specification_allows_is_taken(string json, string canonical) =>
        Assert.Equal(canonical, Encode(Decode(json).ToByteArray()));

    [Theory]
    [InlineData("""{"anInt32":1.5}""", "anInt32")]
    [InlineData("""{"anInt32":2147483648}""", "anInt32")]
    [InlineData("""{"anInt32":"x"}""", "anInt32")]
    [InlineData("""{"anInt32":" 1"}""", "anInt32")]
    [InlineData("""{"anInt32":true}""", "anInt32")]
    [InlineData("""{"aUint32":-1}""", "aUint32")]
    [InlineData("""{"aUint64":-1}""", "aUint64")]
    [InlineData("""{"aFloat":1e39}""", "aFloat")]
    [InlineData("""{"aDouble":1e999}""", "aDouble")]
    [InlineData("""{"aBool":"true"}""", "aBool")]
    [InlineData("""{"aBool":1}""", "aBool")]
    [InlineData("""{"aString":1}""", "aString")]
    [InlineData("""{"aBytes":"*"}""", "aBytes")]
    [InlineData("""{"aBytes":"abcde"}""", "aBytes")]
    [InlineData("""{"aColour":"RED"}""", "aColour")]
    [InlineData("""{"nested":{"anInt32":{}}}""", "nested.anInt32")]
    [InlineData("""{"nesteds":[{},{"nested":{"strings":["a",1]}}]}""", "nesteds[1].nested.strings[1]")]
    [InlineData("""{"int32s":[1,null]}""", "int32s[1]")]
    [InlineData("""{"int32s":1}""", "int32s")]
    [InlineData("""{"byInt32":{"x":"a"}}""", "byInt32.x")]
    [InlineData("""{"byString":{"a":null}}""", "byString.a")]
    [InlineData("""{"nested":{"unheard_of":1}}""", "nested.unheard_of")]
    [InlineData("""{"anInt32":1,"an_int32":2}""", "an_int32")]
    [InlineData("""{"choiceInt32":1,"choiceString":"a"}""", "choiceString")]
    [InlineData("""{"time":"2026-02-30T00:00:00Z"}""", "time")]
    [InlineData("""{"time":"2026-01-01 00:00:00Z"}""", "time")]
    [InlineData("""{"time":"2026-01-01T00:00:00"}""", "time")]
    [InlineData("""{"time":"2026-01-01T00:00:00.Z"}""", "time")]
    [InlineData("""{"time":"2026-01-01T00:00:00.0123456789Z"}""", "time")]
    [InlineData("""{"time":"0001-01-01T00:00:00+01:00"}""", "time")]
    [InlineData("""{"duration":"1"}""", "duration")]
    [InlineData("""{"duration":"315576000001s"}""", "duration")]
    [InlineData("""{"mask":"a,,b"}""", "mask")]
    [InlineData("""{"any":{"bookId":"7"}}""", "any")]
    [InlineData("""{"any":{"@type":"x/unheard.Of"}}""", "any")]
    [InlineData("""[]""", "")]
    [InlineData("""{"anInt32":1}x""", "")]
    [InlineData("""{"anInt32":1,}""", "")]
    [InlineData("""{anInt32:1}""", "")]
    [InlineData("""{"anInt32":1""", "")]
    [InlineData("""{"aString":"\ud800"}""", "aString")]
    public void What_does_not_fit_is_refused_naming_the_field(string json, string field)
    {
        var exception = Assert.Throws<FieldException>(() => Decode(json));
        Assert.Equal(field, exception.Field);
        Assert.NotEmpty(exception.Rule.Zh);
        Assert.NotEmpty(exception.Rule.En);
    }

    [Fact]
    public void Deep_nesting_is_refused_and_not_a_stack_overflow()
    {
        var json = string.Concat(Enumerable.Repeat("""{"nested":""", 10_000)) + new string('}', 10_000);
        Assert.Throws<FieldException>(() => Decode(json));
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused()
    {
        byte[] json = [.. "{\"aString\":\""u8, 0xff, .. "\"}"u8];
        using var wire = new WireWriter();
        Assert.Throws<FieldException>(() => JsonDecoder.Decode(new(json), _schemas.Of(Values.Descriptor), wire));
    }

    [Fact]
    public void Fields_in_any_order_given_again_and_lists_in_pieces_are_understood()
    {
        // Parts written one after another merge, as the encoding promises.
        byte[] wire =
        [
            .. new Values { AnInt32 = 1, Int32S = { 1, 2 }, Nested = new() { AnInt32 = 1 }, ChoiceString = "lost" }.ToByteArray(),
            .. new Values { AnInt32 = 2, Int32S = { 3 }, Nested = new() { AString = "a" }, ChoiceInt32 = 7 }.ToByteArray(),
            .. new Values { Strings = { "x" } }.ToByteArray(),
            0xC0, 0x3E, 0x05, // Unknown field 1000 = 5.
        ];
        Assert.Equal(Values.Parser.ParseFrom(wire[..^3]), Decode(Encode(wire)));
        Assert.Equal(
            """{"anInt32":2,"nested":{"anInt32":1,"aString":"a"},"choiceInt32":7,"int32s":[1,2,3],"strings":["x"]}""", Encode(wire));
    }

    [Fact]
    public void Bytes_that_are_no_message_are_refused()
    {
        byte[][] malformed = [[0x08], [0x72, 0x05, 0x61], [0x00], [0x0b], [0x8A, 0x01, 0x02, 0x08], [.. Enumerable.Repeat((byte)0xff, 11)]];
        foreach (var wire in malformed)
            Assert.Throws<InvalidDataException>(() => Encode(wire));
    }

    [Fact]
    public void An_Any_of_an_unknown_type_keeps_its_bytes() => Assert.Equal(
        """{"any":{"@type":"type.googleapis.com/unheard.Of","value":"AQI="}}""",
        Encode(new Values { Any = new() { TypeUrl = "type.googleapis.com/unheard.Of", Value = ByteString.CopyFrom(1, 2) } }.ToByteArray()));

    static string Encode(byte[] wire)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(
            json, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            JsonEncoder.Encode(wire, _schemas.Of(Values.Descriptor), writer);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    static Values Decode(string json) => Decode(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)));

    static Values Decode(ReadOnlySequence<byte> json)
    {
        using var wire = new WireWriter();
        JsonDecoder.Decode(json, _schemas.Of(Values.Descriptor), wire);
        return Values.Parser.ParseFrom(wire.Written.Span);
    }

    static ReadOnlySequence<byte> Shredded(string json)
    {
        Piece? first = null, last = null;
        foreach (var chunk in Encoding.UTF8.GetBytes(json).Chunk(7))
            last = last is null ? first = new Piece(chunk, 0) : last.Append(chunk);
        return new(first!, 0, last!, last!.Memory.Length);
    }

    sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long start) => (Memory, RunningIndex) = (bytes, start);

        public Piece Append(byte[] bytes)
        {
            var next = new Piece(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
