using System.Buffers;
using System.Text;
using Google.Api;
using Grpc.Core;

namespace Governance.Platform.Imports;

/// <summary>Writes CSV in UTF-8 with a byte order mark, and no cell that would run as a formula.</summary>
sealed class CsvWriter : TableWriter
{
    static readonly SearchValues<char> _quoted = SearchValues.Create("\",\r\n");

    readonly StringBuilder _row = new();

    public CsvWriter(IServerStreamWriter<HttpBody> responses, CancellationToken cancellation) : base("text/csv; charset=utf-8", responses, cancellation) =>
        Unsent.Write(Encoding.UTF8.Preamble);

    /// <summary>Appends one cell as CSV.</summary>
    public static void Append(StringBuilder text, ReadOnlySpan<char> cell)
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
    public static bool IsFormula(ReadOnlySpan<char> cell) => cell.TrimStart('\'') is ['=' or '+' or '-' or '@' or '\t' or '\r', ..];

    public override Task Row(string raw, string note)
    {
        Append(_row.Append(raw).Append(','), note);
        return Row([]);
    }

    protected override void Append(IEnumerable<string> cells)
    {
        var first = true;
        foreach (var cell in cells)
        {
            if (!first)
                _row.Append(',');
            first = false;
            Append(_row, IsFormula(cell) ? $"'{cell}" : cell);
        }
        _row.Append("\r\n");
        foreach (var piece in _row.GetChunks())
            Encoding.UTF8.GetBytes(piece.Span, Unsent);
        _row.Clear();
    }
}
