using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class FoundingsService
{
    public override Task<ListFoundingsResponse> ListFoundings(ListFoundingsRequest request, ServerCallContext context)
    {
        var page = Page.From(request.PageSize, request.PageToken);
        var fields = new Fields();
        var settlement = fields.Id("settlement_id", request.SettlementId, required: false);
        var state = fields.Choice("state", request.State, required: false);
        fields.Check();
        return database.Transact(context, async transaction =>
        {
            var foundings = await transaction.ListFoundings(settlement, state, request.Overdue, page);
            return new ListFoundingsResponse
            {
                NextPageToken = page.Cut(foundings, founding => founding.Id.ToString()),
                Foundings = { foundings.Select(founding => ToContract(founding, transaction.Today)) },
            };
        });
    }
}
