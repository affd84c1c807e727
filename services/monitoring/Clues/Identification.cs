using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Governance.Platform.Procedures;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Monitoring;

/// <summary>What the end of the procedure of identification does to the clue and the household (MON-04).</summary>
static class Identification
{
    public const string Definition = "monitoring.identification";

    public static async Task Completed(IServiceProvider services, Transaction transaction, ProcedureCompleted completed)
    {
        var verified = (await transaction.Clue(Guid.Parse(completed.Subject))).Clue;
        var clue = verified.Decide(identified: completed.Outcome == Outcome.Approve);
        await transaction.Save(clue);
        if (clue.State != ClueState.Identified)
        {
            transaction.Publish(clue.Refuted(), clue.Id.ToString(), clue.Division, clue.Version);
            return;
        }

        var days = services.GetRequiredService<PolicyBook>().Get(MonitoringPolicies.PlanDays, clue.Division, transaction.Today);
        var due = transaction.Today.AddDays(days.Value);
        var before = await transaction.Household(clue.Household);
        var after = before.Identify(clue.ProposedKind, transaction.Today);
        await transaction.Save(before, after);
        // An exit leaves the plan open while support goes on; a household that returns gets a new one.
        await transaction.ClosePlan(after.Id);
        await transaction.RequirePlan(after.Id, due, days.Citation);
        await transaction.IdentifyWaitingClues(after.Id);
        transaction.Publish(new HouseholdIdentified
        {
            Household = after.Facts(),
            ClueId = clue.Id.ToString(),
            IdentifiedDate = Calendar.Format(transaction.Today),
            PlanDueDate = Calendar.Format(due),
        }, after.Id.ToString(), after.Division, after.Version);
    }
}
