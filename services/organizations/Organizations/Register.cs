using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class OrganizationsService
{
    public override Task<V1.Organization> RegisterOrganization(RegisterOrganizationRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var id = fields.Id("organization_id", request.OrganizationId);
        var settlementId = fields.Id("organization.settlement_id", request.Organization.SettlementId);
        var kind = fields.Choice("organization.kind", request.Organization.Kind);
        var foundingDate = fields.Date("organization.founding_date", request.Organization.FoundingDate);
        var facts = Facts(fields, request.Organization);
        fields.Check();

        return database.Transact(context, async transaction =>
        {
            var settlement = (await transaction.GetSettlement(settlementId)).Settlement;
            var organization = Organization.Register(id, settlement, kind, foundingDate!.Value, facts, transaction.Today);
            await transaction.RequirePeople([.. organization.People]);
            if (!await transaction.Insert(organization))
            {
                var existing = await transaction.FindOrganization(id)
                    ?? throw new AlreadyExistsException("organization", "organization_id");
                return ToContract(existing).SameAs(ToContract(organization));
            }
            transaction.Publish(organization.ToEvent(), id.ToString(), organization.Division, organization.Version);
            return ToContract(await transaction.GetOrganization(id));
        });
    }
}
