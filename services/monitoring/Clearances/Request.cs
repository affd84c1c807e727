using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Governance.Platform.Procedures;
using Governance.Platform.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Monitoring;

sealed partial class ClearancesService
{
    public const string Definition = "monitoring.clearance";

    public override Task<V1.Clearance> RequestClearance(RequestClearanceRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("clearance_id", request.ClearanceId);
            var householdId = fields.Id("clearance.household_id", request.Clearance.HouseholdId);
            var statement = fields.Text("clearance.statement", request.Clearance.Statement, 1000, required: false);
            fields.Check();

            if (await transaction.FindClearance(id) is { } known)
                return ToContract(known).SameAs(new V1.Clearance { HouseholdId = householdId.ToString(), Statement = statement });

            var household = await transaction.Household(householdId);
            var income = await transaction.YearlyIncomeOf(householdId);
            var line = policies.Get(MonitoringPolicies.IncomeLine, household.Division, transaction.Today);
            Clearance.RequireConditions(household, income, line, await transaction.OutOfSchool(householdId));
            Rules.OneClearance.Require(!await transaction.IsBeingCleared(householdId));
            Rules.OneExit.Require(!await transaction.IsOnExitList(householdId), household.Number);

            var procedure = await procedures.Start(transaction, Definition, id.ToString(), household.Division);
            await transaction.Insert(new Clearance(id, householdId, household.Division, statement, income.PerCapitaNet, line.Citation,
                procedure));
            return ToContract(await transaction.Clearance(id));
        });

    /// <summary>The procedure has ended. What held when the household asked must still hold when the county decides.</summary>
    public static async Task Completed(IServiceProvider services, Transaction transaction, ProcedureCompleted completed)
    {
        var clearance = (await transaction.Clearance(Guid.Parse(completed.Subject))).Clearance.Decide(cleared: completed.Outcome == Outcome.Approve);
        await transaction.Save(clearance);
        if (clearance.State != ClearanceState.Cleared)
            return;

        var before = await transaction.Household(clearance.Household);
        var line = services.GetRequiredService<PolicyBook>().Get(MonitoringPolicies.IncomeLine, before.Division, transaction.Today);
        Clearance.RequireConditions(before, await transaction.YearlyIncomeOf(before.Id), line, await transaction.OutOfSchool(before.Id));
        var after = before.Clear();
        await transaction.Save(before, after);
        await transaction.ClosePlan(after.Id);
        transaction.Publish(new HouseholdCleared
        {
            Household = after.Facts(),
            ClearanceId = clearance.Id.ToString(),
            ClearedDate = Calendar.Format(transaction.Today),
        }, after.Id.ToString(), after.Division, after.Version);
    }
}
