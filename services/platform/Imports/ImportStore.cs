using System.Text.Json;
using Governance.Common.V1;
using Governance.Platform.Data;

namespace Governance.Platform.Imports;

/// <summary>What is wrong with a row, in one column or, when that is empty, as a whole.</summary>
sealed record Fault(string Column, string Rule, string Zh, string En)
{
    static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    public static Fault[] Parse(string json) => JsonSerializer.Deserialize<Fault[]>(json, _json) ?? [];

    public string Message(Locale locale) => locale == Locale.En ? En : Zh;
}

sealed record FaultRow(int Line, string Group, string Column, string Rule, string Zh, string En);

/// <summary>A stretch of the file: rows from one line to another, each behind its line number.</summary>
sealed record SealedRows(int FirstLine, int LastLine, byte[] Sealed);

/// <summary>A rejected row as it came, sealed, and its faults as JSON.</summary>
sealed record Reject(int Line, byte[] Row, string Faults);

/// <summary>An import that was run, and whose it is: the subject of who uploaded it.</summary>
sealed record ImportRecord(string Kind, string Caller, byte[] FileSha256, bool DryRun, TableFormat Format, string Header, int Rows, ImportCounts Counts,
    int Rejected, int Kept);

/// <summary>The SQL of imports.</summary>
static class ImportStore
{
    /// <summary>Lets imports of one id pass one after the other.</summary>
    public static Task LockImport(this Transaction transaction, Guid id) =>
        transaction.Query("select pg_advisory_xact_lock(hashtextextended($1, 0))", _ => true, $"import:{id}");

    /// <summary>The import of this id; a dry run that was followed by nothing yet makes way for the next import of its id.</summary>
    public static async Task<ImportRecord?> FindImport(this Transaction transaction, Guid id)
    {
        await transaction.Execute("delete from imports where id = $1 and dry_run", id);
        return await transaction.ReadImport(id);
    }

    public static Task<ImportRecord?> ReadImport(this Transaction transaction, Guid id) => transaction.First(
        "select kind, caller, file_sha256, dry_run, format, header, rows, created, updated, unchanged, rejected, kept from imports where id = $1",
        row => new ImportRecord(row.GetString(0), row.GetString(1), row.GetFieldValue<byte[]>(2), row.GetBoolean(3), (TableFormat)row.GetInt16(4),
            row.GetString(5), row.GetInt32(6), new ImportCounts(row.GetInt32(7), row.GetInt32(8), row.GetInt32(9)), row.GetInt32(10), row.GetInt32(11)),
        id);

    public static async Task PrepareStaging(this Transaction transaction)
    {
        await transaction.Execute(
            """
            create temp table import_faults (
                number int generated always as identity, line int not null, group_key text not null default '',
                column_name text not null default '', rule text not null, zh text not null, en text not null)
            """);
        await transaction.Execute(
            "create temp table import_rows (first_line int not null, last_line int not null, sealed bytea not null)");
    }

    public static Task AddFaults(this Transaction transaction, List<FaultRow> faults) =>
        faults.Count == 0 ? Task.CompletedTask : transaction.Execute(
        """
        insert into import_faults (line, group_key, column_name, rule, zh, en)
        select * from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
        """,
        faults.ConvertAll(fault => fault.Line), faults.ConvertAll(fault => fault.Group), faults.ConvertAll(fault => fault.Column),
            faults.ConvertAll(fault => fault.Rule),
        faults.ConvertAll(fault => fault.Zh), faults.ConvertAll(fault => fault.En));

    public static Task AddBlocks(this Transaction transaction, List<SealedRows> blocks) =>
        blocks.Count == 0 ? Task.CompletedTask : transaction.Execute(
        "insert into import_rows (first_line, last_line, sealed) select * from unnest($1::int[], $2::int[], $3::bytea[])",
        blocks.ConvertAll(block => block.FirstLine), blocks.ConvertAll(block => block.LastLine), blocks.ConvertAll(block => block.Sealed));

    /// <summary>Temporary tables have no statistics of their own accord, and the plans of checks and merges depend on them.</summary>
    // A tenth of the usual sample: enough to tell much from little, and it takes no longer than a statement.
    public static Task AnalyzeStaged(this Transaction transaction) =>
        transaction.Execute("set local default_statistics_target = 10; analyze staged; set local default_statistics_target = default");

    /// <summary>Takes the rows with faults out of <c>staged</c> and answers with the number of them, staged or not.</summary>
    public static async Task<int> Reject(this Transaction transaction)
    {
        await transaction.Execute("delete from staged where line in (select line from import_faults)");
        return await transaction.First("select count(distinct line)::int from import_faults", row => row.GetInt32(0));
    }

    /// <summary>The faulty lines after <paramref name="after"/>, each with its faults, columns called as the file calls them.</summary>
    public static Task<List<(int Line, string Faults)>> FaultyLines(this Transaction transaction, Dictionary<string, string> headings,
        int after, int limit) =>
        transaction.Query(
            """
            select line, json_agg(
                json_build_object('column', coalesce(written, column_name), 'rule', rule, 'zh', zh, 'en', en) order by number)::text
            from import_faults left join unnest($1::text[], $2::text[]) as heading (name, written) on name = column_name
            where line > $3 group by line order by line limit $4
            """,
            row => (row.GetInt32(0), row.GetString(1)), headings.Keys.ToList(), headings.Values.ToList(), after, limit);

    /// <summary>The stretches of the file in which one of <paramref name="lines"/> lies.</summary>
    public static Task<List<byte[]>> BlocksOf(this Transaction transaction, List<int> lines) => transaction.Query(
        """
        select sealed from import_rows
        where exists (select from unnest($1::int[]) as line where line between first_line and last_line) order by first_line
        """,
        row => row.GetFieldValue<byte[]>(0), lines);

    public static Task AddImport(this Transaction transaction, Guid id, ImportRecord import) => transaction.Execute(
        """
        insert into imports (
            id, kind, division, caller, file_sha256, dry_run, format, header, rows, created, updated, unchanged, rejected, kept, created_time)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """,
        id, import.Kind, transaction.Caller.Division, import.Caller, import.FileSha256, import.DryRun,
        (short)import.Format, import.Header, import.Rows, import.Counts.Created, import.Counts.Updated, import.Counts.Unchanged, import.Rejected, import.Kept, transaction.Now);

    public static Task AddRejects(this Transaction transaction, Guid id, List<Reject> rejects) => transaction.Execute(
        """
        insert into import_rejects (import_id, division, line, row, faults)
        select $1, $2, line, row, faults::json from unnest($3::int[], $4::bytea[], $5::text[]) as reject (line, row, faults)
        """,
        id, transaction.Caller.Division, rejects.ConvertAll(reject => reject.Line), rejects.ConvertAll(reject => reject.Row),
        rejects.ConvertAll(reject => reject.Faults));

    public static Task<List<(int Line, Fault[] Faults)>> FirstRejects(this Transaction transaction, Guid id, int limit) =>
        transaction.Query(
        "select line, faults::text from import_rejects where import_id = $1 order by line limit $2",
        row => (row.GetInt32(0), Fault.Parse(row.GetString(1))), id, limit);

    public static IAsyncEnumerable<(byte[] Row, Fault[] Faults)> Rejects(this Transaction transaction, Guid id) => transaction.Stream(
        "select row, faults::text from import_rejects where import_id = $1 order by line",
        row => (row.GetFieldValue<byte[]>(0), Fault.Parse(row.GetString(1))), id);
}
