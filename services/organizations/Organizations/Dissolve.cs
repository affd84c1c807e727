using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class OrganizationsService
{
    public override Task<V1.Organization> DissolveOrganization(DissolveOrganizationRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var id = fields.Id("organization_id", request.OrganizationId);
        var date = fields.Date("dissolution_date", request.DissolutionDate);
        fields.Check();

        return database.Transact(context, async transaction =>
        {
            var current = await transaction.LockOrganization(id);
            if (current.DissolutionDate == date)
                return ToContract(current);
            var organization = current.Dissolve(date!.Value, transaction.Today);
            await transaction.Update(organization);
            transaction.Publish(organization.ToEvent(), id.ToString(), organization.Division, organization.Version);
            return ToContract(organization);
        });
    }
}
