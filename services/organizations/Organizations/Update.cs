using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class OrganizationsService
{
    public override Task<V1.Organization> UpdateOrganization(UpdateOrganizationRequest request, ServerCallContext context)
    {
        var id = Fields.ParseId("organization.id", request.Organization.Id);
        return database.Transact(context, async transaction =>
        {
            var current = await transaction.LockOrganization(id);
            var fields = new Fields();
            var facts = Facts(fields, ToContract(current).Changed(request.Organization, request.UpdateMask,
                "name", "term_start_date", "term_end_date", "members"));
            fields.Check();

            var organization = current.Change(facts);
            await transaction.RequirePeople([.. organization.People.Except(current.People)]);
            await transaction.Update(organization);
            transaction.Publish(organization.ToEvent(), id.ToString(), organization.Division, organization.Version);
            return ToContract(await transaction.GetOrganization(id));
        });
    }
}
