using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class GridsService
{
    public override Task<ListBuildingsResponse> ListBuildings(ListBuildingsRequest request, ServerCallContext context)
    {
        var page = Page.From(request.PageSize, request.PageToken);
        var fields = new Fields();
        var settlement = fields.Id("settlement_id", request.SettlementId, required: false);
        var grid = fields.Id("grid_id", request.GridId, required: false);
        fields.Check();
        return database.Transact(context, async transaction =>
        {
            var buildings = await transaction.ListBuildings(settlement, grid, page);
            return new ListBuildingsResponse
            {
                NextPageToken = page.Cut(buildings, building => building.Id.ToString()),
                Buildings = { buildings.Select(ToContract) },
            };
        });
    }
}
