using Governance.Platform.Identity;
using Npgsql;

namespace Governance.Platform.Data;

/// <summary>
/// One connection for several short transactions, one after the other: temporary tables pass from one to the next, and are gone at the end
/// however it comes.
/// </summary>
sealed class Session(Database database, NpgsqlConnection connection, Caller caller, string action, CancellationToken cancellation)
{
    public Caller Caller => caller;

    /// <summary>The calendar day in Asia/Shanghai on which it is asked for.</summary>
    public DateOnly Today => database.Today;

    public CancellationToken Cancellation => cancellation;

    public Task<T> Transact<T>(Func<Transaction, Task<T>> work) => database.Transact(connection, caller, action, work, cancellation);

    /// <summary>Writes to temporary tables, which is nobody's business and leaves no trace in the audit.</summary>
    public Task Stage(Func<Transaction, Task> work) => Transact(async transaction =>
    {
        transaction.Recorded = true;
        await work(transaction);
        return true;
    });
}
