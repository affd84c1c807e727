using System.Text;
using Governance.Platform.Data;
using Governance.Platform.Personal;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Platform.Imports;

/// <summary>One file on its way into <c>staged</c>, with what is wrong with it.</summary>
sealed class ImportRun<TRow>(Import<TRow> import, Transaction transaction, PersonalData personal, Stream file)
{
    const int BatchSize = 16_384;
    const int BlockSize = 32 * 1024;

    readonly CsvReader _csv = new(file);
    readonly Dictionary<ImportColumn, int> _places = [];
    readonly List<FaultRow> _faults = [];
    readonly List<SealedRows> _blocks = [];
    // Rows as they came, each behind its line number, until the block is large enough to be sealed.
    readonly StringBuilder _block = new(BlockSize + 1024);
    int _blockStart;
    int _columns;
    int _noteColumn = -1;

    /// <summary>Data rows read so far; empty ones do not count.</summary>
    public int Rows { get; private set; }

    /// <summary>The header as it came, without the column for errors.</summary>
    public string Header { get; private set; } = "";

    /// <summary>The headings as the file has them, by the Chinese name of their column.</summary>
    public Dictionary<string, string> Headings { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads the whole file.</summary>
    public async Task Stage()
    {
        await ReadHeader();
        var row = new ImportRow(_csv, _places, transaction.Caller, transaction.Today);
        NpgsqlBinaryImporter? copy = null;
        try
        {
            while (await _csv.Read(transaction.Cancellation))
            {
                if (IsEmpty(0))
                    continue;
                Rows++;
                Remember();
                if (Parse(row) is { } parsed)
                {
                    copy ??= await import.Copy(transaction);
                    copy.StartRow();
                    copy.Write(_csv.Line);
                    import.Write(copy, parsed.Value);
                }
                if (Rows % BatchSize == 0)
                    copy = await Flush(copy);
            }
            SealBlock();
            copy = await Flush(copy);
        }
        finally
        {
            if (copy is not null)
                await copy.DisposeAsync();
        }
    }

    readonly record struct Parsed(TRow Value);

    Parsed? Parse(ImportRow row)
    {
        row.Faults.Clear();
        if (_csv.Malformed)
        {
            Fault(row, "", "MALFORMED_QUOTES", new Text("双引号使用不正确：含逗号、引号或换行的单元格应整体用双引号括起，其中的双引号写两遍。",
                "Quote a cell that holds a comma, quotation mark or line break, and double the quotation marks inside it."));
            return null;
        }
        if (!IsEmpty(_columns))
        {
            Fault(row, "", "TOO_MANY_CELLS",
                new Text($"单元格多于表头的 {_columns} 列，可能有未加双引号的逗号。",
                    $"There are more cells than the {_columns} headings; maybe a comma lacks quotation marks."));
            return null;
        }
        var value = import.Read(row);
        foreach (var (column, violation) in row.Faults)
            Fault(row, column.Zh, violation.Code, violation.Sentence);
        return row.Faults.Count == 0 ? new Parsed(value) : null;
    }

    void Fault(ImportRow row, string column, string rule, Text sentence) =>
        _faults.Add(new FaultRow(_csv.Line, import.Group is { } group ? row.Peek(group) : "", column, rule, sentence.Zh, sentence.En));

    async Task ReadHeader()
    {
        var header = new StringBuilder();
        var wrong = new List<Violation>();
        if (await _csv.Read(transaction.Cancellation))
        {
            _columns = _csv.Count;
            while (_columns > 0 && _csv[_columns - 1].IsWhiteSpace())
                _columns--;
        }
        for (var place = 0; place < _columns; place++)
        {
            var heading = _csv[place].Trim().ToString();
            if (heading is ImportDesk.NoteZh or ImportDesk.NoteEn)
            {
                _noteColumn = place;
                continue;
            }
            var column = import.Columns.FirstOrDefault(column =>
                column.Zh == heading || column.En.Equals(heading, StringComparison.OrdinalIgnoreCase));
            if (column is null)
                wrong.Add(new Violation("file", "UNKNOWN_COLUMN",
                    new Text($"未知的列“{heading}”。可用的列：{Names(Locale.Zh)}。",
                        $"Unknown column \"{heading}\". Columns are: {Names(Locale.En)}.")));
            else if (!_places.TryAdd(column, place))
                wrong.Add(new Violation("file", "DUPLICATE_COLUMN",
                    new Text($"列“{heading}”重复出现，请只保留一列。", $"Column \"{heading}\" is there twice. Keep one.")));
            else
                Headings[column.Zh] = heading;
            CsvWriter.Append(header.Length > 0 ? header.Append(',') : header, heading);
        }
        foreach (var column in import.Columns.Where(column => column.Required && !_places.ContainsKey(column)))
            wrong.Add(new Violation("file", "MISSING_COLUMN",
                new Text($"缺少列“{column.Zh}”，请在第一行补上。", $"Column \"{column.En}\" is missing. Add it to the first line.")));
        if (wrong.Count > 0)
            throw new InvalidException(wrong);
        Header = header.ToString();

        string Names(Locale locale) => string.Join(locale == Locale.En ? ", " : "、", import.Headings(locale));
    }

    bool IsEmpty(int from)
    {
        for (var place = from; place < _csv.Count; place++)
        {
            if (place != _noteColumn && !_csv[place].IsWhiteSpace())
                return false;
        }
        return true;
    }

    /// <summary>Keeps the row as it came, padded to the header's width, so that the note of an error file falls into its column.</summary>
    void Remember()
    {
        if (_block.Length == 0)
            _blockStart = _csv.Line;
        _block.Append(_csv.Line);
        if (_noteColumn < 0 && _csv.Count <= _columns)
        {
            _block.Append(',').Append(_csv.Raw);
        }
        else
        {
            for (var place = 0; place < _csv.Count; place++)
            {
                if (place != _noteColumn && (place < _columns || !_csv[place].IsWhiteSpace()))
                    CsvWriter.Append(_block.Append(','), _csv[place]);
            }
        }
        _block.Append(',', Math.Max(_columns - _csv.Count, 0)).Append('\n');
        if (_block.Length >= BlockSize)
            SealBlock();
    }

    void SealBlock()
    {
        if (_block.Length == 0)
            return;
        _blocks.Add(new SealedRows(_blockStart, _csv.Line, personal.Seal(_block.ToString())));
        _block.Clear();
    }

    async Task<NpgsqlBinaryImporter?> Flush(NpgsqlBinaryImporter? copy)
    {
        if (copy is not null)
        {
            await copy.CompleteAsync(transaction.Cancellation);
            await copy.DisposeAsync();
        }
        await transaction.AddFaults(_faults);
        await transaction.AddBlocks(_blocks);
        _faults.Clear();
        _blocks.Clear();
        return null;
    }
}
