using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ClearancesService
{
    public override Task<V1.Clearance> GetClearance(GetClearanceRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("clearance_id", request.ClearanceId);
            return ToContract(await transaction.Clearance(id));
        });
}
