using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class SweepsService
{
    public override Task<V1.Sweep> GetSweep(GetSweepRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("sweep_id", request.SweepId);
            return await Counted(transaction, await transaction.Sweep(id));
        });
}
