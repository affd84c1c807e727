using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Audit;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ExitsService
{
    public override Task<V1.Exit> StrikeHousehold(StrikeHouseholdRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("exit_id", request.ExitId);
            var household = fields.Id("household_id", request.HouseholdId);
            var reason = fields.Text("reason", request.Reason, 500);
            fields.Check();

            var before = (await transaction.Exit(id)).Exit;
            var step = await procedures.OpenStep(transaction, before.Procedure);
            Rules.ExitStrikeStep.Require(step.Kind is StepKind.Task or StepKind.Review or StepKind.Vote, step.Id);
            var after = before.Strike(household, step.Id, reason);
            if (after != before)
            {
                await transaction.Save(after);
                await AuditTrail.Record(transaction, before.Division, [id.ToString(), household.ToString()], reason);
            }
            return ToContract(await transaction.Exit(id));
        });
}
