using Governance.Platform.Data;
using Microsoft.Extensions.Logging;

namespace Governance.Monitoring;

/// <summary>
/// What time brings in sector support: drop-outs enter their ledger, and late reports, overdue visits and missed meetings are told, each
/// once however often this runs.
/// </summary>
sealed class SectorClock(Database database, TimeProvider time, ILogger<SectorClock> log)
    // Days count here; an hour is soon enough.
    : Clock("sector clock", TimeSpan.FromHours(1), database, time, log)
{
    /// <summary>Does what is due now.</summary>
    public override Task Tick(CancellationToken cancellation) => Database.TransactAsSystem("sector clock", async transaction =>
    {
        await transaction.OpenDropOuts();
        await transaction.TellLateReports();
        await transaction.TellOverdueVisits();
        await transaction.TellMissedMeetings();
    }, cancellation);
}
