using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Microsoft.Extensions.Logging;

namespace Governance.Monitoring;

/// <summary>
/// Tells once of every hand-over and every newborn without identity number whose last day went by, and forgets duplicates that are settled
/// (MON-01).
/// </summary>
sealed class RegistryClock(Database database, TimeProvider time, ILogger<RegistryClock> log) : Clock("registry clock", TimeSpan.FromMinutes(10), database, time, log)
{
    /// <summary>Tells of what is overdue now and was not told.</summary>
    public override Task Tick(CancellationToken cancellation) => Database.TransactAsSystem("registry clock", async transaction =>
    {
        foreach (var (handOver, _, _) in await transaction.TellOverdueHandOvers())
        {
            transaction.Publish(new HandOverOverdue { HandOverId = handOver.Id.ToString(), HouseholdId = handOver.Household.ToString(),
                DueDate = Calendar.Format(handOver.Due) }, handOver.Id.ToString(), handOver.To, handOver.Version);
        }
        foreach (var (household, member, division, due) in await transaction.TellOverdueIdentities())
        {
            transaction.Publish(new IdentityOverdue { HouseholdId = household.ToString(), MemberId = member.ToString(), DueDate = Calendar.Format(due) },
                member.ToString(), division, 1);
        }
        await transaction.ForgetSettledDuplicates();
    }, cancellation);
}
