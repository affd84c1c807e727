using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class SweepsService
{
    public override Task<ListSweepProgressResponse> ListSweepProgress(ListSweepProgressRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("sweep_id", request.SweepId);
            await transaction.Sweep(id);
            return new ListSweepProgressResponse { Parts = { (await transaction.SweepCounts(id)).Select(ToContract) } };
        });
}
