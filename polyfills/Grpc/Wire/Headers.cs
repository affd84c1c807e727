using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>How metadata, statuses and timeouts are spelt in HTTP headers and trailers.</summary>
static class Headers
{
    public const string ContentType = "application/grpc";

    /// <summary>Longer messages make C-core clients refuse the trailers, and with them the status.</summary>
    const int MaxStatusMessage = 4096;

    static readonly FrozenSet<string> Own = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "content-type", "content-encoding", "te", "host", "accept-encoding", "grpc-timeout", "grpc-encoding", "grpc-accept-encoding",
        "grpc-status", "grpc-message", "grpc-message-type");

    static readonly SearchValues<byte> Unescaped =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Where(value => value != '%').Select(value => (byte)value)]);

    static readonly SearchValues<char> Printable =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(value => (char)value)]);

    static readonly string[] StatusCodes =
        [.. Enumerable.Range(0, 17).Select(code => code.ToString(CultureInfo.InvariantCulture))];

    /// <summary>"application/grpc", "application/grpc+proto", "application/grpc;…", but not "application/grpc-web".</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');

    public static string FormatStatusCode(StatusCode code) =>
        (uint)code < (uint)StatusCodes.Length ? StatusCodes[(int)code] : StatusCodes[(int)StatusCode.Unknown];

    /// <summary>A code that is no number, or one that this version does not know, is UNKNOWN.</summary>
    public static StatusCode ParseStatusCode(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && (uint)code < (uint)StatusCodes.Length
            ? (StatusCode)code
            : StatusCode.Unknown;

    /// <summary>Percent-encodes what is not printable ASCII, and cuts what is too long.</summary>
    public static string FormatStatusMessage(string message)
    {
        if (message.Length <= MaxStatusMessage && !message.AsSpan().ContainsAnyExcept(Printable) && !message.Contains('%'))
            return message;
        var text = new StringBuilder();
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in message.EnumerateRunes())
        {
            if (text.Length > MaxStatusMessage - 12)
                return text.Append("...").ToString();
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                if (Unescaped.Contains(value))
                    text.Append((char)value);
                else
                    text.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }
        return text.ToString();
    }

    /// <summary>Never fails: an escape that is broken stays as it is.</summary>
    public static string ParseStatusMessage(string text) => text.Contains('%') ? Uri.UnescapeDataString(text) : text;

    /// <summary>Eight digits at most and a unit; null when it is not so, which counts as no timeout.</summary>
    public static TimeSpan? ParseTimeout(string text)
    {
        if (text.Length is < 2 or > 9
            || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            || value == 0)
        {
            return null;
        }
        return text[^1] switch
        {
            'H' => TimeSpan.FromHours(value),
            'M' => TimeSpan.FromMinutes(value),
            'S' => TimeSpan.FromSeconds(value),
            'm' => TimeSpan.FromMilliseconds(value),
            'u' => TimeSpan.FromMicroseconds(value),
            // A tick is 100 ns; rounded up, so that the shortest timeout is not none.
            'n' => TimeSpan.FromTicks((value + 99) / 100),
            _ => null,
        };
    }

    /// <summary>In the finest unit that fits eight digits, rounded up.</summary>
    public static string FormatTimeout(TimeSpan timeout)
    {
        const int Most = 99_999_999;
        var milliseconds = Math.Max(1, Math.Ceiling(timeout.TotalMilliseconds));
        var (value, unit) = milliseconds <= Most ? (milliseconds, 'm')
            : timeout.TotalSeconds <= Most ? (Math.Ceiling(timeout.TotalSeconds), 'S')
            : (Math.Ceiling(timeout.TotalHours), 'H');
        return string.Create(CultureInfo.InvariantCulture, $"{value:F0}{unit}");
    }

    /// <summary>Whether a header is the application's, not HTTP's or gRPC's own.</summary>
    public static bool IsMetadata(string name) => name.Length > 0 && name[0] != ':' && !Own.Contains(name);

    /// <summary>Adds a received value; a binary one may hold several joined by commas. A name that metadata cannot hold is passed
    /// over.</summary>
    /// <returns>False when a binary value is not base64.</returns>
    public static bool TryRead(Metadata metadata, string name, string value)
    {
        var key = name.ToLowerInvariant();
        if (!Metadata.Entry.IsKey(key))
            return true;
        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            metadata.Add(new Metadata.Entry(key, value));
            return true;
        }
        foreach (var part in value.Split(','))
        {
            var text = part.Trim().TrimEnd('=');
            var bytes = new byte[(text.Length + 3) / 4 * 3];
            if (!Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length))
                return false;
            metadata.Add(new Metadata.Entry(key, bytes[..length]));
        }
        return true;
    }

    /// <summary>An entry's value as it travels, or null when its text cannot.</summary>
    public static string? Format(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes).TrimEnd('=')
        : entry.Value.AsSpan().ContainsAnyExcept(Printable) ? null
        : entry.Value;
}
