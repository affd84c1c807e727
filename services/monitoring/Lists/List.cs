using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ListsService
{
    public override Task<ListListsResponse> ListLists(ListListsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var kind = (int)fields.Choice("kind", request.Kind, required: false);
            fields.Check();

            var lists = await transaction.Lists(kind, page);
            var next = page.Cut(lists, shown => shown.List.Id.ToString());
            return new ListListsResponse { Lists = { lists.Select(ToContract) }, NextPageToken = next };
        });
}
