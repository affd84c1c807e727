using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Governance.Gateway.Transcoding;

/// <summary>The text forms that proto3 JSON gives to values: timestamps, durations, field masks, bytes and numbers.</summary>
static class Formats
{
    const long SecondsAtYear1 = -62_135_596_800;
    const long SecondsAtYear10000 = 253_402_300_800;
    const long MaxDurationSeconds = 315_576_000_000;

    /// <summary>Reads RFC 3339 with up to nine fractional digits and any offset.</summary>
    public static bool TryParseTimestamp(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        seconds = 0;
        nanos = 0;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't' || text[13] != ':' || text[16] != ':')
            return false;
        if (!TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..10], out var day)
            || !TryDigits(text[11..13], out var hour) || !TryDigits(text[14..16], out var minute)
            || !TryDigits(text[17..19], out var second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
            return false;
        var rest = text[19..];
        if (rest[0] == '.' && !TryFraction(ref rest, out nanos))
            return false;
        if (!TryOffset(rest, out var offset))
            return false;
        var local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        seconds = (local - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond - offset;
        return seconds is >= SecondsAtYear1 and < SecondsAtYear10000;
    }

    static bool TryOffset(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (text.Length == 1 && (text[0] | 0x20) == 'z')
            return true;
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':'
            || !TryDigits(text[1..3], out var hours) || !TryDigits(text[4..6], out var minutes) || hours > 23 || minutes > 59)
            return false;
        seconds = (hours * 60 + minutes) * (text[0] == '-' ? -60 : 60);
        return true;
    }

    /// <summary>Reads ".5" to ".123456789" from the start of <paramref name="text"/> and takes it off.</summary>
    static bool TryFraction(ref ReadOnlySpan<byte> text, out int nanos)
    {
        nanos = 0;
        var digits = 1;
        for (; digits < text.Length && char.IsAsciiDigit((char)text[digits]); digits++)
        {
            if (digits > 9)
                return false;
            nanos = nanos * 10 + (text[digits] - '0');
        }
        if (digits == 1)
            return false;
        for (var missing = digits; missing < 10; missing++)
            nanos *= 10;
        text = text[digits..];
        return !text.IsEmpty;
    }

    static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            value = value * 10 + (digit - '0');
        }
        return true;
    }

    /// <summary>Writes RFC 3339 in UTC with 0, 3, 6 or 9 fractional digits; returns the length.</summary>
    public static int FormatTimestamp(long seconds, int nanos, Span<byte> text)
    {
        if (seconds is < SecondsAtYear1 or >= SecondsAtYear10000 || nanos is < 0 or > 999_999_999)
            throw new InvalidDataException("A timestamp is outside the years 1 to 9999.");
        DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond)
            .TryFormat(text, out var length, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        length += FormatFraction(nanos, text[length..]);
        text[length++] = (byte)'Z';
        return length;
    }

    static int FormatFraction(int nanos, Span<byte> text)
    {
        if (nanos == 0)
            return 0;
        text[0] = (byte)'.';
        var digits = nanos % 1_000_000 == 0 ? 3 : nanos % 1_000 == 0 ? 6 : 9;
        for (var dropped = digits; dropped < 9; dropped++)
            nanos /= 10;
        for (var place = digits; place > 0; place--, nanos /= 10)
            text[place] = (byte)('0' + nanos % 10);
        return digits + 1;
    }

    /// <summary>Reads "1.5s", "-3s".</summary>
    public static bool TryParseDuration(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        seconds = 0;
        nanos = 0;
        var negative = !text.IsEmpty && text[0] == '-';
        if (negative)
            text = text[1..];
        var whole = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (whole is < 1 or > 12 || !Utf8Parser.TryParse(text[..whole], out seconds, out _))
            return false;
        text = text[whole..];
        if (text[0] == '.' && !TryFraction(ref text, out nanos))
            return false;
        if (!text.SequenceEqual("s"u8) || seconds > MaxDurationSeconds)
            return false;
        if (negative)
            (seconds, nanos) = (-seconds, -nanos);
        return true;
    }

    public static int FormatDuration(long seconds, int nanos, Span<byte> text)
    {
        if (Math.Abs(seconds) > MaxDurationSeconds || nanos is < -999_999_999 or > 999_999_999 || (long)Math.Sign(seconds) * nanos < 0)
            throw new InvalidDataException("A duration is out of range.");
        var length = 0;
        if (seconds < 0 || nanos < 0)
            text[length++] = (byte)'-';
        Utf8Formatter.TryFormat(Math.Abs(seconds), text[length..], out var digits);
        length += digits;
        length += FormatFraction(Math.Abs(nanos), text[length..]);
        text[length++] = (byte)'s';
        return length;
    }

    /// <summary>
    /// Turns "householdSize,head.birthDate" into "household_size", "head.birth_date"; false when a path is empty. The contract's
    /// own spelling is taken too, as it is for the names of fields.
    /// </summary>
    public static bool TryParseFieldMask(ReadOnlySpan<byte> text, List<string> paths)
    {
        if (text.IsEmpty)
            return true;
        foreach (var path in Encoding.UTF8.GetString(text).Split(','))
        {
            if (path.Length == 0)
                return false;
            var snake = new StringBuilder(path.Length + 8);
            foreach (var character in path)
            {
                if (char.IsAsciiLetterUpper(character))
                    snake.Append('_').Append(char.ToLowerInvariant(character));
                else
                    snake.Append(character);
            }
            paths.Add(snake.ToString());
        }
        return true;
    }

    /// <summary>"household_size" becomes "householdSize".</summary>
    public static string FormatFieldPath(string path)
    {
        var camel = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '_' && i + 1 < path.Length)
                camel.Append(char.ToUpperInvariant(path[++i]));
            else
                camel.Append(path[i]);
        }
        return camel.ToString();
    }

    /// <summary>Decodes standard or URL-safe base64, padded or not; returns the length, or -1 when it is neither.</summary>
    public static int DecodeBase64(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        var url = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            for (var i = 0; i < text.Length; i++)
                url[i] = text[i] switch { (byte)'+' => (byte)'-', (byte)'/' => (byte)'_', var other => other };
            var status = Base64Url.DecodeFromUtf8(url.AsSpan(0, text.Length), bytes, out _, out var written);
            return status == OperationStatus.Done ? written : -1;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(url);
        }
    }

    /// <summary>Reads an integer, also when written as 1e3 or 5.0.</summary>
    public static bool TryParseInteger(ReadOnlySpan<byte> text, out long value)
    {
        if (Utf8Parser.TryParse(text, out value, out var used) && used == text.Length)
            return true;
        if (!TryParseIntegral(text, out var number) || number is < long.MinValue or > long.MaxValue)
            return false;
        value = (long)number;
        return true;
    }

    /// <summary>Reads a whole number that is not negative.</summary>
    public static bool TryParseUnsigned(ReadOnlySpan<byte> text, out ulong value)
    {
        if (Utf8Parser.TryParse(text, out value, out var used) && used == text.Length)
            return true;
        if (!TryParseIntegral(text, out var number) || number is < 0 or > ulong.MaxValue)
            return false;
        value = (ulong)number;
        return true;
    }

    static bool TryParseIntegral(ReadOnlySpan<byte> text, out decimal number) =>
        decimal.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
        && decimal.Truncate(number) == number;

    /// <summary>Reads a number, "NaN", "Infinity" or "-Infinity".</summary>
    public static bool TryParseDouble(ReadOnlySpan<byte> text, out double value)
    {
        value = text switch
        {
            _ when text.SequenceEqual("NaN"u8) => double.NaN,
            _ when text.SequenceEqual("Infinity"u8) => double.PositiveInfinity,
            _ when text.SequenceEqual("-Infinity"u8) => double.NegativeInfinity,
            _ => 0,
        };
        if (value != 0)
            return true;
        // 1e999 is a number that no double holds, not infinity.
        return Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && double.IsFinite(value);
    }
}
