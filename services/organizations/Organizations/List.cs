using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class OrganizationsService
{
    public override Task<ListOrganizationsResponse> ListOrganizations(ListOrganizationsRequest request, ServerCallContext context)
    {
        var page = Page.From(request.PageSize, request.PageToken);
        var fields = new Fields();
        var filter = new OrganizationFilter(
            fields.Id("settlement_id", request.SettlementId, required: false),
            fields.Choice("kind", request.Kind, required: false),
            request.Dissolved);
        fields.Check();
        return database.Transact(context, async transaction =>
        {
            var organizations = await transaction.ListOrganizations(filter, page);
            return new ListOrganizationsResponse
            {
                NextPageToken = page.Cut(organizations, organization => organization.Id.ToString()),
                Organizations = { organizations.Select(ToContract) },
            };
        });
    }
}
