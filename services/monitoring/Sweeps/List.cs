using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class SweepsService
{
    public override Task<ListSweepsResponse> ListSweeps(ListSweepsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var sweeps = await transaction.Sweeps(request.On, page);
            var next = page.Cut(sweeps, shown => shown.Sweep.Id.ToString());
            return new ListSweepsResponse { Sweeps = { sweeps.Select(shown => ToContract(shown, transaction.Today)) }, NextPageToken = next };
        });
}
