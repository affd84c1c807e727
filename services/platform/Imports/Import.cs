using Governance.Platform.Data;
using Npgsql;

namespace Governance.Platform.Imports;

/// <summary>
/// A column of a table that is imported or exported. A file may head it in Chinese or in English and have its columns in any order.
/// </summary>
/// <param name="Zh">The heading in Chinese; what errors and <c>import_faults</c> call the column.</param>
/// <param name="En">The heading in English, in snake_case.</param>
/// <param name="Required">Whether the file must have it and no cell of it may be empty.</param>
public sealed record ImportColumn(string Zh, string En, bool Required = true)
{
    /// <summary>The words that a workbook offers to choose from; none when a cell may hold anything, or several of them.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether a workbook that is written holds numbers in it, to be summed up, and not text.</summary>
    public bool IsNumber { get; init; }

    public string Heading(Locale locale) => locale == Locale.En ? En : Zh;
}

/// <summary>What a merge did, counted in the import's own things: a row may be a member and the thing a household.</summary>
public sealed record ImportCounts(int Created, int Updated, int Unchanged);

/// <summary>
/// One kind of import: its columns, how a row is read, and the set-based SQL that checks and merges what was read. Rows that are wrong
/// never stop rows that are right.
/// <code>
/// file → Read (row by row) → COPY into the temporary table "staged" → Check → Merge
/// </code>
/// </summary>
public abstract class Import<TRow>(string kind)
{
    /// <summary>What is imported, in one plural word, e.g. "households"; one that differs by upload says of what.</summary>
    public virtual string Kind { get; } = kind;

    /// <summary>The columns in the order of the template and of exports.</summary>
    public abstract IReadOnlyList<ImportColumn> Columns { get; }

    /// <summary>
    /// The column by which rows belong together, such as a household's number, or <c>null</c>. The faults of a row that could not be read
    /// carry its text as <c>import_faults.group_key</c>, so that <see cref="Check"/> can reject the staged rows of the same group, too.
    /// </summary>
    protected internal virtual ImportColumn? Group => null;

    /// <summary>Reads a row. What is wrong is noted on <paramref name="row"/>, and then the answer is not used.</summary>
    protected internal abstract TRow Read(ImportRow row);

    /// <summary>Creates <c>staged</c>: <c>create temp table staged (line int not null, …)</c>.</summary>
    protected internal abstract Task CreateStaged(Transaction transaction);

    /// <summary>
    /// Starts to copy into it: <c>copy staged (line, …) from stdin (format binary)</c>. It is called once per some thousand rows.
    /// </summary>
    protected internal abstract Task<NpgsqlBinaryImporter> Copy(Transaction transaction);

    /// <summary>Writes the row's columns after <c>line</c>, which is written already.</summary>
    protected internal abstract void Write(NpgsqlBinaryImporter copy, TRow row);

    /// <summary>
    /// Finds what only the database can see wrong and inserts it into <c>import_faults (line, column_name, rule, zh, en)</c>, with the
    /// column's Chinese heading or ''. Rows with a fault leave <c>staged</c> before the merge.
    /// </summary>
    protected internal virtual Task Check(Transaction transaction) => Task.CompletedTask;

    /// <summary>Merges what is left in <c>staged</c>. Merging the same again must change nothing. A dry run takes it back.</summary>
    protected internal abstract Task<ImportCounts> Merge(Transaction transaction);

    /// <summary>The headings of a template or an export.</summary>
    internal IEnumerable<string> Headings(Locale locale) => Columns.Select(column => column.Heading(locale));
}
