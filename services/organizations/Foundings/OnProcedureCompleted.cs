using System.Globalization;
using Governance.Platform.Data;
using Governance.Platform.Procedures;

namespace Governance.Organizations;

partial class FoundingsService
{
    /// <summary>The last step was taken: the founding ends with it, in the same transaction.</summary>
    public static async Task OnProcedureCompleted(Transaction transaction, ProcedureCompleted completed)
    {
        var running = await transaction.LockFounding(Guid.Parse(completed.Subject, CultureInfo.InvariantCulture));
        var founding = running.Complete(completed.Outcome, await transaction.KindsIn(running.SettlementId), transaction.Today);
        await transaction.Update(founding);
        transaction.Publish(founding.ToCompleted(), completed.Subject, founding.Division, founding.Version);
    }
}
