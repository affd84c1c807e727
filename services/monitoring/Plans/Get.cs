using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class PlansService
{
    public override Task<V1.Plan> GetPlan(GetPlanRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("plan_id", request.PlanId);
            return ToContract(await transaction.Plan(id));
        });
}
