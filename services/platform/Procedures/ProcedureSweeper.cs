using Governance.Platform.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Governance.Platform.Procedures;

/// <summary>
/// Lets time pass for procedures that nobody touches: notices end, the next steps open, overdue steps are told. One a service,
/// each procedure in a transaction of its own, so that one that fails holds up no other.
/// </summary>
public sealed class ProcedureSweeper(Database database, Procedures procedures, TimeProvider time, ILogger<ProcedureSweeper> log)
    : SingleWorker("procedures", database, time, log)
{
    static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        while (true)
        {
            await Sweep(stopping);
            // Nobody notifies: this is a delay that ends with an exception when the connection, and so the lock, is lost.
            await connection.WaitAsync(_interval, stopping);
        }
    }

    /// <summary>Sweeps once; answers with the number of procedures that time had done something to.</summary>
    public async Task<int> Sweep(CancellationToken cancellation)
    {
        var due = await Database.TransactAsSystem("procedures.due", transaction => transaction.DueProcedures(), cancellation);
        foreach (var id in due)
        {
            try
            {
                await Database.TransactAsSystem("procedures.sweep", transaction => procedures.Sweep(transaction, id), cancellation);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "Procedure {Procedure} could not be swept and will be tried again", id);
            }
        }
        return due.Count;
    }
}
