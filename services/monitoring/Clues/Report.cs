using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class CluesService
{
    public override Task<V1.Clue> ReportClue(ReportClueRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var wanted = request.Clue.Clone();
            var fields = new Fields();
            var id = fields.Id("clue_id", request.ClueId);
            var householdId = fields.Id("clue.household_id", wanted.HouseholdId);
            var source = fields.Choice("clue.source", wanted.Source);
            wanted.Description = fields.Text("clue.description", wanted.Description, 1000, required: false);
            var found = fields.Date("clue.found_date", wanted.FoundDate, required: false) ?? transaction.Today;
            if (found > transaction.Today)
                fields.Wrong("clue.found_date", "IN_THE_FUTURE", "发现日期不能晚于今天。", "A clue cannot be found in the future.");
            fields.Check();

            if (await transaction.FindClue(id) is { } known)
            {
                var shown = ToContract(known, context.Locale(), transaction.Today);
                if (wanted.FoundDate.Length == 0)
                    wanted.FoundDate = shown.FoundDate;
                return shown.SameAs(wanted);
            }
            var household = await transaction.Household(householdId);
            var clue = Clue.Report(id, householdId, household.Division, source, wanted.Description, found,
                policies.Get(MonitoringPolicies.IdentificationDays, household.Division, found));
            if (household.Monitored is not null)
                clue = clue.OfMonitored();
            var (waiting, refuted) = await transaction.SameReported(clue);
            Rules.ReportedAlready.Require(waiting is null, Calendar.Format(waiting));
            Rules.RefutedAlready.Require(clue.Description.Length == 0 || !(found <= refuted), Calendar.Format(refuted));
            await transaction.Insert(clue);
            transaction.Publish(clue.Raised(), id.ToString(), clue.Division, clue.Version);
            return ToContract(await transaction.Clue(id), context.Locale(), transaction.Today);
        });
}
