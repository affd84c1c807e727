using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class DropOutsService
{
    public override Task<V1.DropOut> GetDropOut(GetDropOutRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("drop_out_id", request.DropOutId);
            return ToContract(await transaction.DropOut(id), transaction.Today);
        });
}
