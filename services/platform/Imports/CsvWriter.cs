using System.Buffers;
using System.Text;
using Google.Api;
using Google.Protobuf;
using Grpc.Core;

namespace Governance.Platform.Imports;

/// <summary>
/// Streams rows to the caller as a CSV file that spreadsheets open rightly: UTF-8 with a byte order mark, and no cell that would run as
/// a formula. What is written here is read back unchanged by an import.
/// </summary>
public sealed class CsvWriter(IServerStreamWriter<HttpBody> responses, CancellationToken cancellation)
{
    const int ChunkSize = 64 * 1024;

    static readonly SearchValues<char> _quoted = SearchValues.Create("\",\r\n");

    readonly StringBuilder _text = new StringBuilder(ChunkSize).Append('\uFEFF');

    /// <summary>Writes a row.</summary>
    public Task Row(IEnumerable<string> cells)
    {
        var first = true;
        foreach (var cell in cells)
        {
            if (!first)
                _text.Append(',');
            first = false;
            Append(_text, IsFormula(cell) ? $"'{cell}" : cell);
        }
        return End();
    }

    /// <summary>Writes a row that is CSV already, and one more cell.</summary>
    internal Task Row(string raw, string cell)
    {
        Append(_text.Append(raw).Append(','), cell);
        return End();
    }

    /// <summary>Sends what is left. Without it the file is cut off.</summary>
    public Task Finish() => Send();

    /// <summary>Appends one cell as CSV.</summary>
    internal static void Append(StringBuilder text, ReadOnlySpan<char> cell)
    {
        if (cell.ContainsAny(_quoted))
            text.Append('"').Append(cell.ToString().Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        else
            text.Append(cell);
    }

    /// <summary>
    /// Whether a spreadsheet would run it. Apostrophes count as part of the beginning, so that taking one away again is
    /// unambiguous.
    /// </summary>
    internal static bool IsFormula(ReadOnlySpan<char> cell) => cell.TrimStart('\'') is ['=' or '+' or '-' or '@' or '\t' or '\r', ..];

    Task End()
    {
        _text.Append("\r\n");
        return _text.Length < ChunkSize ? Task.CompletedTask : Send();
    }

    Task Send()
    {
        var body = new HttpBody { ContentType = "text/csv; charset=utf-8", Data = ByteString.CopyFromUtf8(_text.ToString()) };
        _text.Clear();
        return responses.WriteAsync(body, cancellation);
    }
}
