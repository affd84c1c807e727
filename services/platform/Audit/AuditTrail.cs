using System.Diagnostics;
using Governance.Platform.Data;
using Grpc.Core;

namespace Governance.Platform.Audit;

/// <summary>Who did what to whom, and why. Entries are only ever added.</summary>
public static class AuditTrail
{
    /// <summary>
    /// Adds an entry with the transaction: its caller did its action to <paramref name="subjects"/> in
    /// <paramref name="division"/>, for <paramref name="purpose"/> where the action asks for one. A transaction that changed something
    /// and recorded nothing gets an entry by itself.
    /// </summary>
    /// <param name="transaction">Whose caller and action the entry names.</param>
    /// <param name="division">Where the subjects are: who is responsible there, sees the entry.</param>
    /// <param name="subjects">Ids, never names or identity numbers.</param>
    /// <param name="purpose">Why; empty when the action speaks for itself.</param>
    public static Task Record(Transaction transaction, string division, IReadOnlyList<string> subjects, string purpose)
    {
        transaction.Recorded = true;
        return transaction.Execute(
            """
            insert into audit (time, actor, actor_name, division, action, subjects, purpose, trace_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            transaction.Now, transaction.Caller.Subject, transaction.Caller.Name, division, transaction.Action, subjects.ToArray(), purpose,
            Activity.Current?.TraceId.ToHexString() ?? "");
    }

    /// <summary>
    /// Adds an entry in a transaction of its own, before an rpc streams what the entry is about: a caller who breaks off has seen what came
    /// before.
    /// </summary>
    /// <inheritdoc cref="Record"/>
    public static Task RecordFirst(Database database, ServerCallContext context, string division, IReadOnlyList<string> subjects, string purpose) =>
        database.Transact(context, async transaction =>
        {
            await Record(transaction, division, subjects, purpose);
            return true;
        });
}
