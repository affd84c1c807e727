using System.Text;
using System.Text.Unicode;
using Governance.Common.V1;
using Governance.Platform.Rpc;

namespace Governance.Platform.Imports;

/// <summary>
/// Reads CSV (RFC 4180) row by row from a stream of any length, holding one row at a time. Text is UTF-8 with or without a byte
/// order mark, or GB18030, which spreadsheets on Chinese systems write.
/// </summary>
sealed class CsvReader(Stream stream) : TableReader
{
    /// <summary>In characters.</summary>
    public const int LongestRow = 64 * 1024;
    const int ChunkSize = 64 * 1024;

    enum State
    {
        CellStart,
        Plain,
        Quoted,
        QuoteInQuoted,
    }

    readonly record struct Cell(int Start, int Length, bool Escaped);

    readonly byte[] _bytes = new byte[ChunkSize];
    // A whole chunk fits behind the longest row; a chunk never has more characters than bytes.
    readonly char[] _text = new char[LongestRow + ChunkSize + 16];
    readonly Cell[] _cells = new Cell[MostCells];
    Decoder? _decoder;
    bool _streamEnded;
    int _end;

    // The row, and within it, relative to its start, how far it was scanned.
    int _start;
    int _length;
    int _position;
    int _cellStart;
    int _cellEnd;
    State _state;
    bool _escaped;

    int _line = 1;
    int _count;
    // The row has text after a closing quotation mark, so where its cells end is anybody's guess.
    bool _malformed;

    public override TableFormat Format => TableFormat.Csv;

    public override int Line => _line;

    public override int Count => _count;

    public override Violation? Wrong => _malformed
        ? new Violation("", "MALFORMED_QUOTES", new Text("双引号使用不正确：含逗号、引号或换行的单元格应整体用双引号括起，其中的双引号写两遍。",
            "Quote a cell that holds a comma, quotation mark or line break, and double the quotation marks inside it."))
        : null;

    /// <summary>The row without its line end.</summary>
    public override ReadOnlySpan<char> Raw => _text.AsSpan(_start, _length).TrimEnd("\r\n");

    /// <summary>Without the apostrophe that keeps a formula from running.</summary>
    public override ReadOnlySpan<char> Value(int cell)
    {
        var value = this[cell].Trim();
        return value is ['\'', ..] && CsvWriter.IsFormula(value) ? value[1..].TrimStart() : value;
    }

    /// <summary>Unquoted.</summary>
    public override ReadOnlySpan<char> this[int cell]
    {
        get
        {
            var (start, length, escaped) = _cells[cell];
            var text = _text.AsSpan(_start + start, length);
            return escaped ? text.ToString().Replace("\"\"", "\"", StringComparison.Ordinal) : text;
        }
    }

    public override async ValueTask<bool> Read(CancellationToken cancellation)
    {
        _line += _text.AsSpan(_start, _length).Count('\n');
        _start += _length;
        _length = _position = _cellStart = _count = 0;
        _state = State.CellStart;
        _malformed = false;
        while (!Scan())
        {
            if (await Fill(cancellation))
                continue;
            if (_end == _start)
                return false;
            if (_state == State.Quoted)
                throw Unclosed();
            // The last row has no line end.
            AddCell(_position);
            break;
        }
        _length = _position;
        return true;
    }

    /// <summary>Goes on to the end of the row; <c>false</c> when the text at hand ends before it.</summary>
    bool Scan()
    {
        var text = _text.AsSpan(_start, _end - _start);
        while (true)
        {
            switch (_state)
            {
                case State.CellStart:
                    _cellEnd = -1;
                    _escaped = false;
                    if (_position == text.Length)
                        return false;
                    _state = text[_position] == '"' ? State.Quoted : State.Plain;
                    if (_state == State.Quoted)
                        _position++;
                    break;

                case State.Quoted:
                    var quote = text[_position..].IndexOf('"');
                    if (quote < 0)
                    {
                        _position = text.Length;
                        return false;
                    }
                    _position += quote + 1;
                    _state = State.QuoteInQuoted;
                    break;

                case State.QuoteInQuoted:
                    if (_position == text.Length)
                        return false;
                    if (text[_position] == '"')
                    {
                        _escaped = true;
                        _position++;
                        _state = State.Quoted;
                        break;
                    }
                    _cellEnd = _position - 1;
                    _malformed |= text[_position] is not (',' or '\r' or '\n');
                    _state = State.Plain;
                    break;

                case State.Plain:
                    var end = text[_position..].IndexOfAny(',', '\n');
                    if (end < 0)
                    {
                        _position = text.Length;
                        return false;
                    }
                    _position += end;
                    var ended = text[_position] == '\n';
                    AddCell(ended && _position > 0 && text[_position - 1] == '\r' ? _position - 1 : _position);
                    _position++;
                    if (ended)
                        return true;
                    _cellStart = _position;
                    _state = State.CellStart;
                    break;
            }
        }
    }

    void AddCell(int end)
    {
        if (_count == MostCells)
            throw TooManyColumns(_line);
        // A closing quotation mark that ends the file was not yet taken for one.
        if (_state == State.QuoteInQuoted)
            _cellEnd = end - 1;
        _cells[_count++] = _cellEnd >= 0
            ? new Cell(_cellStart + 1, _cellEnd - _cellStart - 1, _escaped)
            : new Cell(_cellStart, Math.Max(end - _cellStart, 0), false);
    }

    /// <summary>Gets more text behind what is there; <c>false</c> at the end of the stream.</summary>
    async ValueTask<bool> Fill(CancellationToken cancellation)
    {
        if (_streamEnded)
            return false;
        if (_end - _start > LongestRow)
            throw _state == State.Quoted
                ? Unclosed()
                : new InvalidException("file", "ROW_TOO_LONG", $"第 {Line} 行超过 {LongestRow} 个字符。",
                    $"Line {Line} has more than {LongestRow} characters.");
        _text.AsSpan(_start, _end - _start).CopyTo(_text);
        _end -= _start;
        _start = 0;

        var read = await stream.ReadAtLeastAsync(_bytes, ChunkSize, throwOnEndOfStream: false, cancellation);
        _streamEnded = read < ChunkSize;
        var bytes = _bytes.AsMemory(0, read);
        if (_decoder is null)
        {
            _decoder = Detect(bytes.Span).GetDecoder();
            if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
                bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }
        try
        {
            _end += _decoder.GetChars(bytes.Span, _text.AsSpan(_end), _streamEnded);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidException("file", "ENCODING", "文件编码无法识别。请在电子表格软件中另存为“CSV UTF-8”后重新上传。",
                "The file's encoding is neither UTF-8 nor GB18030. Save it as \"CSV UTF-8\" and upload it again.");
        }
        return true;
    }

    static Encoding Detect(ReadOnlySpan<byte> start)
    {
        // The chunk may end within a character.
        for (var cut = 0; cut <= Math.Min(3, start.Length); cut++)
        {
            if (Utf8.IsValid(start[..^cut]))
                return new UTF8Encoding(false, throwOnInvalidBytes: true);
        }
        return CodePagesEncodingProvider.Instance.GetEncoding(
            "GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;
    }

    /// <summary>The cells of a row that stands alone, as they are meant; of a malformed one, as well as can be.</summary>
    public static List<string> Cells(string row)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var at = 0; at <= row.Length; at++)
        {
            if (at == row.Length || (row[at] == ',' && !quoted))
            {
                var text = cell.ToString();
                cells.Add(text is ['\'', ..] && CsvWriter.IsFormula(text) ? text[1..] : text);
                cell.Clear();
            }
            else if (row[at] != '"')
            {
                cell.Append(row[at]);
            }
            else if (quoted && at + 1 < row.Length && row[at + 1] == '"')
            {
                cell.Append(row[at++]);
            }
            else
            {
                quoted = !quoted;
            }
        }
        return cells;
    }

    InvalidException Unclosed() => new("file", "QUOTE_NOT_CLOSED", $"第 {Line} 行的双引号没有结束。请补全引号，或删除该引号。",
        $"A quotation mark that begins on line {Line} is never closed. Close it or remove it.");
}
