using System.Text;
using Google.Api;
using Governance.Common.V1;
using Governance.Platform.Audit;
using Governance.Platform.Data;
using Governance.Platform.Identity;
using Governance.Platform.Personal;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Platform.Imports;

/// <summary>
/// Takes uploaded tables in, CSV or XLSX. A service's import rpc and the one for its error file are a line each:
/// <code>
/// imports.Run(_import, requests, request => new(request.ImportId, request.DryRun, request.File), context);
/// imports.WriteErrors(request.ImportId, request.Format, responses, context);
/// </code>
/// </summary>
public sealed class ImportDesk(Database database, PersonalData personal)
{
    /// <summary>
    /// The heading of the column that an error file has more than the file it came from. When it is sent again, it is ignored.
    /// </summary>
    internal const string NoteZh = "错误说明";
    internal const string NoteEn = "errors";

    const int MostRejectsKept = 100_000;
    const int MostErrorsShown = 100;
    const int RejectsAtOnce = 1_000;

    /// <summary>
    /// Imports a file: all of its good rows or, when the file as a whole cannot be read, none. The same id again, with the same file,
    /// answers with the same report; the same file under another id finds everything unchanged. A dry run tells what would happen.
    /// </summary>
    /// <exception cref="InvalidException">The file as a whole is wrong: its encoding, its columns, its size.</exception>
    /// <exception cref="AlreadyExistsException">The id stands for another import.</exception>
    public async Task<ImportReport> Run<TRequest, TRow>(
        Import<TRow> import, IAsyncStreamReader<TRequest> requests, Func<TRequest, ImportPart> part, ServerCallContext context)
    {
        await using var upload = new ImportUpload<TRequest>(requests, part);
        var first = await upload.Open(context.CancellationToken);
        var fields = new Fields();
        var id = fields.Id("import_id", first.ImportId);
        fields.Check();

        return await database.InSession(context, async session =>
        {
            if (await session.Transact(transaction => transaction.ReadImport(id)) is { DryRun: false } known)
            {
                RequireSame(known, import.Kind, first.DryRun, await upload.Drain(session.Cancellation));
            }
            else
            {
                using var table = await TableReader.Open(upload, session.Cancellation);
                var run = new ImportRun<TRow>(import, session, personal, table);
                await run.Stage();
                var sha256 = await upload.Drain(session.Cancellation);
                await session.Transact(transaction => Take(import, transaction, run, sha256, id, first.DryRun));
            }
            return await session.Transact(transaction => Report(transaction, id, context.Locale()));
        });
    }

    /// <summary>
    /// Sends the rejected rows as they came, each with what is wrong with it in one more column: mend them and send the file again. They
    /// hold identity numbers in clear, so only who uploaded the file gets them, within the division that it was uploaded for; others may not
    /// even see files of that kind. It is audited before the first row leaves: who breaks off has seen what came before.
    /// </summary>
    public async Task WriteErrors(string importId, TableFormat format, IServerStreamWriter<HttpBody> responses, ServerCallContext context)
    {
        var id = Fields.ParseId("import_id", importId);
        var import = await database.Transact(context, async transaction =>
        {
            if (await transaction.ReadImport(id) is not { } found || found.Caller != transaction.Caller.Subject)
                throw new NotFoundException("import", importId);
            await AuditTrail.Record(transaction, transaction.Caller.Division, [importId], "");
            return found;
        });
        var locale = context.Locale();
        await database.Transact(context, async transaction =>
        {
            var columns = CsvReader.Cells(import.Header).Append(locale == Locale.En ? NoteEn : NoteZh).Select(heading => new ImportColumn(heading, heading)).ToList();
            using var table = await TableWriter.Begin(format == TableFormat.Unspecified ? import.Format : format, columns, responses, transaction.Cancellation);
            await foreach (var (row, faults) in transaction.Rejects(id))
                await table.Row(personal.Reveal(row), Note(faults, locale));
            if (import.Kept < import.Rejected)
                await table.Row(new string(',', columns.Count - 2), new Text(
                    $"共有 {import.Rejected} 行未导入，此处只列出前 {import.Kept} 行。",
                    $"{import.Rejected} rows were rejected; these are the first {import.Kept}.").In(locale));
            await table.Finish();
            return true;
        });
    }

    /// <summary>Checks and merges what is staged, and keeps what is rejected.</summary>
    async Task<bool> Take<TRow>(Import<TRow> import, Transaction transaction, ImportRun<TRow> run, byte[] sha256, Guid id, bool dryRun)
    {
        await transaction.LockImport(id);
        // While this one was being staged, another of the same id may have been faster.
        if (await transaction.FindImport(id) is { } known)
        {
            RequireSame(known, import.Kind, dryRun, sha256);
            return false;
        }
        await transaction.TakeMemory();
        await import.Check(transaction);
        var rejected = await transaction.Reject();
        var counts = dryRun ? await transaction.Rehearse(() => import.Merge(transaction)) : await import.Merge(transaction);
        await transaction.AddImport(id, new ImportRecord(import.Kind, transaction.Caller.Subject, sha256, dryRun, run.Format, run.Header, run.Rows,
            counts, rejected, Math.Min(rejected, MostRejectsKept)));
        await KeepRejects(transaction, id, run.Headings);
        return true;
    }

    /// <summary>Finds the rows that have faults in the sealed file and keeps them beside their faults.</summary>
    async Task KeepRejects(Transaction transaction, Guid id, Dictionary<string, string> headings)
    {
        var after = 0;
        for (var kept = 0; kept < MostRejectsKept; kept += RejectsAtOnce)
        {
            var faulty = await transaction.FaultyLines(headings, after, RejectsAtOnce);
            if (faulty.Count == 0)
                return;
            var rows = await RawRows(transaction, faulty.ConvertAll(line => line.Line));
            await transaction.AddRejects(id, faulty.ConvertAll(line => new Reject(line.Line, personal.Seal(rows[line.Line]), line.Faults)));
            after = faulty[^1].Line;
        }
    }

    async Task<Dictionary<int, string>> RawRows(Transaction transaction, List<int> lines)
    {
        var wanted = lines.ToHashSet();
        var rows = new Dictionary<int, string>(wanted.Count);
        foreach (var block in await transaction.BlocksOf(lines))
        {
            using var text = new MemoryStream(Encoding.UTF8.GetBytes(personal.Reveal(block)));
            var csv = new CsvReader(text);
            while (await csv.Read(transaction.Cancellation))
            {
                var line = int.Parse(csv[0], System.Globalization.CultureInfo.InvariantCulture);
                if (wanted.Contains(line))
                    rows[line] = csv.Raw[(csv[0].Length + 1)..].ToString();
            }
        }
        return rows;
    }

    static void RequireSame(ImportRecord known, string kind, bool dryRun, byte[] sha256)
    {
        var different = known.Kind != kind ? "kind"
            : known.DryRun != dryRun ? "dry_run"
            : known.FileSha256.AsSpan().SequenceEqual(sha256) ? null
            : "file";
        if (different is not null)
            throw new AlreadyExistsException("import", different);
    }

    async Task<ImportReport> Report(Transaction transaction, Guid id, Locale locale)
    {
        var import = await transaction.ReadImport(id) ?? throw new NotFoundException("import", id.ToString());
        var report = new ImportReport
        {
            ImportId = id.ToString(),
            DryRun = import.DryRun,
            Rows = import.Rows,
            Created = import.Counts.Created,
            Updated = import.Counts.Updated,
            Unchanged = import.Counts.Unchanged,
            Rejected = import.Rejected,
            RejectedKept = import.Kept,
            ErrorsUri = import.Rejected == 0 ? "" : $"/v1/{database.Service}/imports/{id}/errors",
        };
        report.Errors.AddRange((await transaction.FirstRejects(id, MostErrorsShown))
            .SelectMany(reject => reject.Faults, (reject, fault) =>
                new ImportError { Line = reject.Line, Column = fault.Column, Rule = fault.Rule, Message = fault.Message(locale) })
            .Take(MostErrorsShown));
        return report;
    }

    static string Note(IEnumerable<Fault> faults, Locale locale)
    {
        var (colon, semicolon) = locale == Locale.En ? (": ", "; ") : ("：", "；");
        return string.Join(semicolon, faults.Select(fault =>
            fault.Column.Length == 0 ? fault.Message(locale) : $"{fault.Column}{colon}{fault.Message(locale)}"));
    }
}
