using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>
/// Makes clues of what other services say of households (MON-03), many at once. An event may come before its household: what it says
/// waits until the household is registered.
/// </summary>
sealed class SignalClerk(Database database, PolicyBook policies, TimeProvider time, ILogger<SignalClerk> log)
    : SingleWorker("signal clerk", database, time, log)
{
    // For households that were registered after something was said of them; what is new notifies.
    static readonly TimeSpan _interval = TimeSpan.FromMinutes(10);

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        await using (var listen = new NpgsqlCommand("listen signals", connection))
            await listen.ExecuteNonQueryAsync(stopping);
        while (true)
        {
            await Tick(stopping);
            await connection.WaitAsync(_interval, stopping);
        }
    }

    /// <summary>Settles what was said of the households that are registered.</summary>
    public Task Tick(CancellationToken cancellation) => Database.TransactAsSystem("signal clerk", async transaction =>
    {
        var households = (await transaction.TakeSignals()).ToArray();
        if (households.Length == 0)
            return;
        await transaction.FindSignals(households);
        await transaction.RaiseClues(ClueSource.Event, policies);
        await transaction.LapseClues(ClueSource.Event, "", households);
    }, cancellation);
}
