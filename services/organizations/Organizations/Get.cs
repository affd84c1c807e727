using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class OrganizationsService
{
    public override Task<V1.Organization> GetOrganization(GetOrganizationRequest request, ServerCallContext context)
    {
        var id = Fields.ParseId("organization_id", request.OrganizationId);
        return database.Transact(context, async transaction => ToContract(await transaction.GetOrganization(id)));
    }
}
