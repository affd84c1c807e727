using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Microsoft.Extensions.Logging;

namespace Governance.Monitoring;

/// <summary>Tells once of every clue, plan and aid whose last day went by (MON-04, MON-07): what is overdue surfaces by itself.</summary>
sealed class ClueClock(Database database, TimeProvider time, ILogger<ClueClock> log) : Clock("clue clock", TimeSpan.FromMinutes(10), database, time, log)
{
    /// <summary>Tells of what is overdue now and was not told.</summary>
    public override Task Tick(CancellationToken cancellation) => Database.TransactAsSystem("clue clock", async transaction =>
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
