using System.Globalization;
using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Platform.Procedures;

/// <summary>What a service's <c>Procedures</c> rpcs forward to, one line each.</summary>
public sealed class ProcedureDesk(Database database, Procedures procedures)
{
    /// <summary>The open steps that wait for the caller, soonest due first.</summary>
    public Task<ListTasksResponse> ListTasks(ListTasksRequest request, ServerCallContext context)
    {
        var page = Page.From(request.PageSize, request.PageToken);
        var after = KeyFrom(page.After);
        return database.Transact(context, async tx =>
        {
            var tasks = await procedures.Tasks(tx, request.Overdue, after, page.Limit);
            return new ListTasksResponse
            {
                NextPageToken = page.Cut(tasks, Key),
                Tasks = { tasks.Select(task => task.ToTask(context.Locale(), tx.Today)) },
            };
        });
    }

    public Task<Procedure> Get(GetProcedureRequest request, ServerCallContext context)
    {
        var id = Id(request.ProcedureId);
        return database.Transact(context, tx => procedures.Get(tx, id, context.Locale()));
    }

    /// <summary>Completes the open step as the caller.</summary>
    public Task<Procedure> Act(ActRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var id = fields.Id("procedure_id", request.ProcedureId);
        var outcome = fields.Choice("outcome", request.Outcome);
        var note = fields.Text("note", request.Note, MaxText, required: false);
        if (request.Attachments.Count > MaxAttachments)
            fields.Wrong("attachments", "TOO_MANY", $"附件最多 {MaxAttachments} 个。", $"There are more than {MaxAttachments} attachments.");
        for (var i = 0; i < request.Attachments.Count; i++)
            Check(fields, $"attachments[{i}]", request.Attachments[i]);
        fields.Check();
        return Move(context, id, tx => procedures.Act(tx, id, request.StepId, outcome, note, request.Attachments, request.Tally));
    }

    /// <summary>Objects to the open notice as the caller, or on behalf of a resident.</summary>
    public Task<Procedure> Object(ObjectRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var id = fields.Id("procedure_id", request.ProcedureId);
        var objection = fields.Text("objection", request.Objection, MaxText);
        var about = fields.Text("about", request.About, required: false);
        fields.Check();
        return Move(context, id, tx => procedures.Object(tx, id, request.StepId, objection, about));
    }

    /// <summary>Decides an objection as the caller.</summary>
    public Task<Procedure> DecideObjection(DecideObjectionRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var id = fields.Id("procedure_id", request.ProcedureId);
        var reason = fields.Text("reason", request.Reason, MaxText);
        fields.Check();
        return Move(context, id, tx => procedures.DecideObjection(tx, id, request.Objection, request.Upheld, reason));
    }

    const int MaxText = 2000;
    const int MaxAttachments = 50;

    Task<Procedure> Move(ServerCallContext context, Guid id, Func<Transaction, Task> move) => database.Transact(context, async tx =>
    {
        await move(tx);
        return await procedures.Get(tx, id, context.Locale());
    });

    static Guid Id(string text)
    {
        var fields = new Fields();
        var id = fields.Id("procedure_id", text);
        fields.Check();
        return id;
    }

    static void Check(Fields fields, string path, Attachment attachment)
    {
        fields.Text($"{path}.kind", attachment.Kind);
        fields.Text($"{path}.name", attachment.Name);
        fields.Text($"{path}.uri", attachment.Uri, MaxText);
        if (attachment.Sha256.Length > 0 && (attachment.Sha256.Length != 64 || !attachment.Sha256.All(char.IsAsciiHexDigitLower)))
        {
            fields.Wrong($"{path}.sha256", "NOT_A_HASH",
                $"字段 {path}.sha256 必须是 64 位小写十六进制的 SHA-256。",
                $"Field \"{path}.sha256\" must be a SHA-256 in 64 lower-case hexadecimal digits.");
        }
    }

    /// <summary>The place of a task in the list. A step without a deadline comes last.</summary>
    static string Key(Instance task) =>
        string.Create(CultureInfo.InvariantCulture, $"{task.DueOf(task.Current) ?? DateOnly.MaxValue:yyyy-MM-dd}/{task.Id}");

    static (DateOnly Due, Guid Id) KeyFrom(string key)
    {
        if (key.Length == 0)
            return (DateOnly.MinValue, Guid.Empty);
        return key.Split('/') is [var day, var id]
            && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var due)
            && Guid.TryParse(id, out var guid)
            ? (due, guid)
            : throw Page.NotAToken();
    }
}
