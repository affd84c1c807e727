using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class DivisionsService
{
    public override Task<ListDivisionsResponse> ListDivisions(ListDivisionsRequest request, ServerCallContext context)
    {
        var page = Page.From(request.PageSize, request.PageToken);
        var fields = new Fields();
        var within = fields.Division("within", request.Within, required: false);
        var level = fields.Choice("level", request.Level, required: false);
        var name = fields.Text("name", request.Name, required: false);
        fields.Check();
        return database.Transact(context, async transaction =>
        {
            var divisions = await transaction.ListDivisions(within, level, name, page);
            return new ListDivisionsResponse
            {
                NextPageToken = page.Cut(divisions, division => division.Code),
                Divisions = { divisions.Select(ToContract) },
            };
        });
    }
}
