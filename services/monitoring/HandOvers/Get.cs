using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HandOversService
{
    public override Task<V1.HandOver> GetHandOver(GetHandOverRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("hand_over_id", request.HandOverId);
            return ToContract(await transaction.HandOver(id), transaction.Today);
        });
}
