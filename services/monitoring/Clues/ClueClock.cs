using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>Tells once of every clue, plan and aid whose last day went by (MON-04, MON-07): what is overdue surfaces by itself.</summary>
sealed class ClueClock(Database database, TimeProvider time, ILogger<ClueClock> log) : SingleWorker("clue clock", database, time, log)
{
    static readonly TimeSpan _interval = TimeSpan.FromMinutes(10);

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        while (true)
        {
            await Tick(stopping);
            // Nobody notifies: this is a delay that ends with an exception when the connection, and so the lock, is lost.
            await connection.WaitAsync(_interval, stopping);
        }
    }

    /// <summary>Tells of what is overdue now and was not told.</summary>
    public Task Tick(CancellationToken cancellation) => Database.TransactAsSystem("clue clock", async transaction =>
    {
        foreach (var (clue, _, _) in await transaction.TellOverdueClues())
        {
            transaction.Publish(new ClueOverdue { ClueId = clue.Id.ToString(), HouseholdId = clue.Household.ToString(),
                DueDate = Calendar.Format(clue.Due) },
                clue.Id.ToString(), clue.Division, clue.Version);
        }
        foreach (var (aid, _) in await transaction.TellOverdueAids())
            transaction.Publish(aid.Overdue(), aid.Id.ToString(), aid.Division, aid.Version);
        foreach (var plan in await transaction.TellOverduePlans())
        {
            transaction.Publish(new PlanOverdue { HouseholdId = plan.Household.ToString(), DueDate = Calendar.Format(plan.Due.Date) },
                plan.Household.ToString(), plan.Division, plan.Version);
        }
    }, cancellation);
}
