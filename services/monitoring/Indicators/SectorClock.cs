using Governance.Platform.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>
/// What time brings in sector support: drop-outs enter their ledger, and late reports, overdue visits and missed meetings are told, each
/// once however often this runs.
/// </summary>
sealed class SectorClock(Database database, TimeProvider time, ILogger<SectorClock> log) : SingleWorker("sector clock", database, time, log)
{
    // Days count here; an hour is soon enough.
    static readonly TimeSpan _interval = TimeSpan.FromHours(1);

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        while (true)
        {
            await Tick(stopping);
            // Nobody notifies: this is a delay that ends with an exception when the connection, and so the lock, is lost.
            await connection.WaitAsync(_interval, stopping);
        }
    }

    /// <summary>Does what is due now.</summary>
    public Task Tick(CancellationToken cancellation) => Database.TransactAsSystem("sector clock", async transaction =>
    {
        await transaction.OpenDropOuts();
        await transaction.TellLateReports();
        await transaction.TellOverdueVisits();
        await transaction.TellMissedMeetings();
    }, cancellation);
}
