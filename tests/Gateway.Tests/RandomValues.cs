using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Governance.Trial.V1;

namespace Governance.Gateway.Tests;

/// <summary>Messages with values of every type, the odd ones often among them.</summary>
static class RandomValues
{
    const string Characters = "ab \"\\/\n\u0001<>&'中文\u2028é\U0001F600";

    public static Arbitrary<Values> Arbitrary => Gen.Choose(0, int.MaxValue).Select(seed => Make(new Random(seed), 0)).ToArbitrary();

    static Values Make(Random random, int depth)
    {
        var values = new Values();
        foreach (var field in Values.Descriptor.Fields.InDeclarationOrder().OrderBy(_ => random.Next()))
        {
            if (random.Next(3) > 0 || depth > 2 && field.FieldType == FieldType.Message)
                continue;
            Fill(values, field.FieldNumber, random, depth + 1);
        }
        return values;
    }

    static void Fill(Values values, int field, Random random, int depth)
    {
        switch (field)
        {
            case 1: values.ADouble = Double(random); break;
            case 2: values.AFloat = Float(random); break;
            case 3: values.AnInt32 = Int32(random); break;
            case 4: values.AnInt64 = Int64(random); break;
            case 5: values.AUint32 = (uint)Int32(random); break;
            case 6: values.AUint64 = (ulong)Int64(random); break;
            case 7: values.ASint32 = Int32(random); break;
            case 8: values.ASint64 = Int64(random); break;
            case 9: values.AFixed32 = (uint)Int32(random); break;
            case 10: values.AFixed64 = (ulong)Int64(random); break;
            case 11: values.ASfixed32 = Int32(random); break;
            case 12: values.ASfixed64 = Int64(random); break;
            case 13: values.ABool = true; break;
            case 14: values.AString = String(random); break;
            case 15: values.ABytes = Bytes(random); break;
            case 16: values.AColour = Colour(random); break;
            case 17: values.Nested = Make(random, depth); break;
            case 18: values.Renamed = String(random); break;
            case 19: values.OptionalInt32 = random.Next(2); break;
            case 20: values.OptionalString = random.Next(2) == 0 ? "" : String(random); break;
            case 21: values.ChoiceString = String(random); break;
            case 22: values.ChoiceInt32 = random.Next(2); break;
            case 23: values.ChoiceValues = Make(random, depth); break;
            case 31: values.Doubles.Add(Many(random, Double)); break;
            case 32: values.Floats.Add(Many(random, Float)); break;
            case 33: values.Int32S.Add(Many(random, Int32)); break;
            case 34: values.Int64S.Add(Many(random, Int64)); break;
            case 35: values.Uint32S.Add(Many(random, r => (uint)Int32(r))); break;
            case 36: values.Uint64S.Add(Many(random, r => (ulong)Int64(r))); break;
            case 37: values.Sint32S.Add(Many(random, Int32)); break;
            case 38: values.Sint64S.Add(Many(random, Int64)); break;
            case 39: values.Fixed32S.Add(Many(random, r => (uint)Int32(r))); break;
            case 40: values.Fixed64S.Add(Many(random, r => (ulong)Int64(r))); break;
            case 41: values.Sfixed32S.Add(Many(random, Int32)); break;
            case 42: values.Sfixed64S.Add(Many(random, Int64)); break;
            case 43: values.Bools.Add(Many(random, r => r.Next(2) == 0)); break;
            case 44: values.Strings.Add(Many(random, String)); break;
            case 45: values.BytesList.Add(Many(random, Bytes)); break;
            case 46: values.Colours.Add(Many(random, Colour)); break;
            case 47: values.Nesteds.Add(Many(random, r => Make(r, depth + 1))); break;
            case 48: values.Unpacked.Add(Many(random, Int32)); break;
            case 51: values.ByString[String(random)] = Int32(random); values.ByString["z"] = 0; break;
            case 52: values.ByInt32[Int32(random)] = String(random); break;
            case 53: values.ByInt64[Int64(random)] = Make(random, depth); break;
            case 54: values.ByUint64[(ulong)Int64(random)] = Bytes(random); break;
            case 55: values.BySint32[Int32(random)] = Colour(random); break;
            case 56: values.ByFixed64[(ulong)Int64(random)] = Double(random); break;
            case 57: values.ByBool[random.Next(2) == 0] = Time(random); break;
            case 61: values.Time = Time(random); break;
            case 62: values.Duration = Duration(random); break;
            case 63: values.Mask = new() { Paths = { "a_double", "nested.a_string" } }; break;
            case 64: values.Object = Object(random, depth); break;
            case 65: values.Value = Value(random, depth); break;
            case 66: values.List = new() { Values = { Many(random, r => Value(r, depth)) } }; break;
            case 67: values.Any = Packed(random); break;
            case 68: values.Empty = new(); break;
            case 69: values.Times.Add(Many(random, Time)); break;
            case 70: values.Values_.Add(Many(random, r => Value(r, depth))); break;
            case 71: values.WrappedDouble = Double(random); break;
            case 72: values.WrappedFloat = Float(random); break;
            case 73: values.WrappedInt64 = Int64(random); break;
            case 74: values.WrappedUint64 = (ulong)Int64(random); break;
            case 75: values.WrappedInt32 = random.Next(2); break;
            case 76: values.WrappedUint32 = (uint)random.Next(2); break;
            case 77: values.WrappedBool = random.Next(2) == 0; break;
            case 78: values.WrappedString = random.Next(2) == 0 ? "" : String(random); break;
            case 79: values.WrappedBytes = Bytes(random); break;
            case 80: values.WrappedInt32S.Add(Many(random, r => (int?)Int32(r))); break;
            default: throw new ArgumentOutOfRangeException(nameof(field), field, "The new field needs a case.");
        }
    }

    // Without what may be encoded in more than one way: the bytes of an Any are compared as they are.
    static Any Packed(Random random) => Any.Pack(random.Next(2) == 0
        ? new Values { AString = String(random), Nested = new() { Int64S = { Int64(random), Int64(random) } } }
        : new Duration { Seconds = random.Next(1, 100), Nanos = random.Next(1, 100) });

    static List<T> Many<T>(Random random, Func<Random, T> make) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => make(random))];

    static T Pick<T>(Random random, params T[] values) => values[random.Next(values.Length)];

    static double Double(Random random) => Pick(random,
        1.5, -0.1, 1e300, 5e-324, double.MaxValue, 3, double.NaN, double.PositiveInfinity, double.NegativeInfinity, random.NextDouble());

    static float Float(Random random) =>
        Pick(random, 0.1f, -2, float.MaxValue, float.Epsilon, float.NaN, float.PositiveInfinity, random.NextSingle());
    static int Int32(Random random) => Pick(random, 0, 1, -1, int.MaxValue, int.MinValue, 127, 128, random.Next());
    static long Int64(Random random) => Pick(random, 0, 1, -1, long.MaxValue, long.MinValue, 1L << 53, random.NextInt64());
    static Colour Colour(Random random) => (Colour)Pick(random, 0, 1, 2, -1, 77);
    static ByteString Bytes(Random random)
    {
        var bytes = new byte[random.Next(300)];
        random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }

    static string String(Random random)
    {
        var runes = Characters.EnumerateRunes().ToArray();
        return string.Concat(
            Enumerable.Range(0, random.Next(1, random.Next(2) == 0 ? 5 : 400)).Select(_ => runes[random.Next(runes.Length)]));
    }

    static Timestamp Time(Random random) => new()
    {
        Seconds = random.NextInt64(-62_135_596_800, 253_402_300_800),
        Nanos = Pick(random, 0, 1, 500_000_000, 123_456_000, 999_999_999),
    };

    static Duration Duration(Random random)
    {
        var sign = Pick(random, 1, -1);
        return new() { Seconds = sign * random.NextInt64(315_576_000_000), Nanos = sign * Pick(random, 0, 1, 120_000_000, 999_999_999) };
    }

    static Struct Object(Random random, int depth)
    {
        var fields = new Struct();
        for (var i = random.Next(3); i > 0; i--)
            fields.Fields[String(random)] = Value(random, depth + 1);
        return fields;
    }

    static Value Value(Random random, int depth) => random.Next(depth > 3 ? 4 : 6) switch
    {
        0 => new() { NullValue = NullValue.NullValue },
        1 => new() { NumberValue = random.NextDouble() },
        2 => new() { StringValue = String(random) },
        3 => new() { BoolValue = random.Next(2) == 0 },
        4 => new() { StructValue = Object(random, depth) },
        _ => new() { ListValue = new() { Values = { Many(random, r => Value(r, depth + 1)) } } },
    };
}
