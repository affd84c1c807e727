using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class SettlementsService
{
    public override Task<ListSettlementsResponse> ListSettlements(ListSettlementsRequest request, ServerCallContext context)
    {
        var page = Page.From(request.PageSize, request.PageToken);
        var fields = new Fields();
        var filter = new SettlementFilter(
            fields.Division("division", request.Division, required: false),
            fields.Choice("scale", request.Scale, required: false),
            request.Uncovered,
            fields.Text("name", request.Name, required: false));
        fields.Check();
        return database.Transact(context, async transaction =>
        {
            var settlements = await transaction.ListSettlements(filter, page);
            return new ListSettlementsResponse
            {
                NextPageToken = page.Cut(settlements, standing => standing.Settlement.Id.ToString()),
                Settlements = { settlements.Select(ToContract) },
                TotalSize = (int)await transaction.CountSettlements(filter),
            };
        });
    }
}
