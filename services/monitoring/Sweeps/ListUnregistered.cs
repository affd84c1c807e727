using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class SweepsService
{
    public override Task<ListUnregisteredResponse> ListUnregistered(ListUnregisteredRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var id = Fields.ParseId("sweep_id", request.SweepId);
            await transaction.Sweep(id);
            var found = await transaction.UnregisteredOf(id, request.Open, page);
            var next = page.Cut(found, household => household.Id.ToString());
            return new ListUnregisteredResponse { Unregistered = { found.Select(ToContract) }, NextPageToken = next };
        });
}
