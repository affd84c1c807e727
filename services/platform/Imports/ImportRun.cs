using System.Text;
using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Personal;
using Governance.Platform.Rpc;

namespace Governance.Platform.Imports;

/// <summary>One file on its way into <c>staged</c>, with what is wrong with it.</summary>
sealed class ImportRun<TRow>(Import<TRow> import, Session session, PersonalData personal, TableReader table)
{
    const int BatchSize = 8_192;
    const int BlockSize = 32 * 1024;
    // A title and some remarks may stand above the headings.
    const int LastHeadingLine = 10;

    readonly Dictionary<ImportColumn, int> _places = new(ReferenceEqualityComparer.Instance);
    Batch _batch = new();
    // Rows as they came, each behind its line number, until the block is large enough to be sealed.
    readonly StringBuilder _block = new(BlockSize + 1024);
    int _blockStart;
    int _columns;
    int _noteColumn = -1;

    /// <summary>What was read and is not staged yet.</summary>
    sealed class Batch
    {
        public List<(int Line, TRow Row)> Rows { get; } = new(BatchSize);

        public List<FaultRow> Faults { get; } = [];

        public List<SealedRows> Blocks { get; } = [];
    }

    public TableFormat Format => table.Format;

    /// <summary>Data rows read so far; empty ones do not count.</summary>
    public int Rows { get; private set; }

    /// <summary>The header as it came, without the column for errors.</summary>
    public string Header { get; private set; } = "";

    /// <summary>The headings as the file has them, by the Chinese name of their column.</summary>
    public Dictionary<string, string> Headings { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Reads the whole file into <c>staged</c>. While the next rows are being read the last ones are written, each time in a transaction that
    /// waits for nobody.
    /// </summary>
    public async Task Stage()
    {
        await ReadHeader();
        await session.Stage(async transaction =>
        {
            await transaction.PrepareStaging();
            await import.CreateStaged(transaction);
        });
        var row = new ImportRow(table, _places, session.Caller, session.Today);
        var writing = Task.CompletedTask;
        try
        {
            while (await table.Read(session.Cancellation))
            {
                if (IsEmpty(0))
                    continue;
                Rows++;
                Remember();
                if (Parse(row) is { } parsed)
                    _batch.Rows.Add((table.Line, parsed.Value));
                if (Rows % BatchSize == 0)
                {
                    await writing;
                    writing = Write(_batch);
                    _batch = new Batch();
                }
            }
            SealBlock();
            await writing;
            writing = Write(_batch);
        }
        finally
        {
            await writing;
        }
        await session.Stage(transaction => transaction.AnalyzeStaged());
        while (table.NextSheet())
        {
            if (await FindHeadings() is { Known: true })
                throw new InvalidException("file", "SEVERAL_SHEETS", "文件中有几个工作表都是这类数据。请只保留要导入的一个，或逐个导入。",
                    "Several sheets of the file hold such data. Keep the one to import, or import them one by one.");
        }
    }

    readonly record struct Parsed(TRow Value);

    Parsed? Parse(ImportRow row)
    {
        row.Faults.Clear();
        if (table.Wrong is { } wrong)
        {
            Fault(row, "", wrong.Code, wrong.Sentence);
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
        _batch.Faults.Add(new FaultRow(table.Line, import.Group is { } group ? row.Peek(group) : "", column, rule, sentence.Zh, sentence.En));

    /// <summary>The first row whose headings are known, or else the first that is not empty; <c>null</c> when there is none.</summary>
    async Task<(List<string> Headings, bool Known)?> FindHeadings()
    {
        List<string>? first = null;
        while (await table.Read(session.Cancellation) && table.Line <= LastHeadingLine)
        {
            var headings = Headings();
            var end = table.HeadingEnd;
            if (headings.Count(heading => ColumnOf(heading) is not null) >= Math.Min(2, import.Columns.Count))
            {
                // Where headings are merged over several rows, the lowest says what the column is.
                while (table.Line < end && await table.Read(session.Cancellation))
                {
                    foreach (var (place, heading) in Headings().Index().Where(heading => heading.Item.Length > 0))
                    {
                        headings.AddRange(Enumerable.Repeat("", Math.Max(0, place + 1 - headings.Count)));
                        headings[place] = heading;
                    }
                }
                return (headings, true);
            }
            if (first is null && headings.Count > 0)
                first = headings;
        }
        return first is null ? null : (first, false);

        List<string> Headings()
        {
            var headings = new List<string>(table.Count);
            for (var place = 0; place < table.Count; place++)
                headings.Add(table[place].Trim().ToString());
            headings.RemoveRange(headings.FindLastIndex(heading => heading.Length > 0) + 1, headings.Count - headings.FindLastIndex(heading => heading.Length > 0) - 1);
            return headings;
        }
    }

    ImportColumn? ColumnOf(string heading) => import.Columns.FirstOrDefault(column =>
        column.Zh == heading || column.En.Equals(heading, StringComparison.OrdinalIgnoreCase));

    async Task ReadHeader()
    {
        var found = await FindHeadings();
        while (found is not { Known: true } && table.NextSheet())
            found = await FindHeadings() is { Known: true } known ? known : found;
        var headings = found?.Headings ?? [];
        _columns = headings.Count;

        var header = new StringBuilder();
        var wrong = new List<Violation>();
        for (var place = 0; place < _columns; place++)
        {
            var heading = headings[place];
            if (heading is ImportDesk.NoteZh or ImportDesk.NoteEn)
            {
                _noteColumn = place;
                continue;
            }
            var column = ColumnOf(heading);
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
        for (var place = from; place < table.Count; place++)
        {
            if (place != _noteColumn && !table[place].IsWhiteSpace())
                return false;
        }
        return true;
    }

    /// <summary>Keeps the row as it came, padded to the header's width, so that the note of an error file falls into its column.</summary>
    void Remember()
    {
        if (_block.Length == 0)
            _blockStart = table.Line;
        _block.Append(table.Line);
        if (_noteColumn < 0 && table.Count <= _columns && table.Format == TableFormat.Csv)
        {
            _block.Append(',').Append(table.Raw);
        }
        else
        {
            for (var place = 0; place < table.Count; place++)
            {
                if (place != _noteColumn && (place < _columns || !table[place].IsWhiteSpace()))
                    CsvWriter.Append(_block.Append(','), table[place]);
            }
        }
        _block.Append(',', Math.Max(_columns - table.Count, 0)).Append('\n');
        if (_block.Length >= BlockSize)
            SealBlock();
    }

    void SealBlock()
    {
        if (_block.Length == 0)
            return;
        _batch.Blocks.Add(new SealedRows(_blockStart, table.Line, personal.Seal(_block.ToString())));
        _block.Clear();
    }

    /// <summary>On another thread: the rows go out without waiting, as far as PostgreSQL keeps up.</summary>
    Task Write(Batch batch) => Task.Run(() => session.Stage(async transaction =>
    {
        if (batch.Rows.Count > 0)
        {
            await using var copy = await import.Copy(transaction);
            foreach (var (line, row) in batch.Rows)
            {
                copy.StartRow();
                copy.Write(line);
                import.Write(copy, row);
            }
            await copy.CompleteAsync(transaction.Cancellation);
        }
        await transaction.AddFaults(batch.Faults);
        await transaction.AddBlocks(batch.Blocks);
    }));
}
