using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class GridsService
{
    public override Task<ListGridsResponse> ListGrids(ListGridsRequest request, ServerCallContext context)
    {
        var page = Page.From(request.PageSize, request.PageToken);
        var fields = new Fields();
        var settlement = fields.Id("settlement_id", request.SettlementId, required: false);
        fields.Check();
        return database.Transact(context, async transaction =>
        {
            var grids = await transaction.ListGrids(settlement, page);
            return new ListGridsResponse
            {
                NextPageToken = page.Cut(grids, grid => grid.Id.ToString()),
                Grids = { grids.Select(ToContract) },
            };
        });
    }
}
