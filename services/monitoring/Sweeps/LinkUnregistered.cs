using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class SweepsService
{
    public override Task<V1.Unregistered> LinkUnregistered(LinkUnregisteredRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("unregistered_id", request.UnregisteredId);
            var household = fields.Id("household_id", request.HouseholdId);
            fields.Check();

            var found = await transaction.FindUnregistered(id) ?? throw new NotFoundException("unregistered", id.ToString());
            if (found.Household == household)
                return ToContract(found);
            Rules.LinkedAlready.Require(found.Household is null);
            var linked = found with { Household = (await transaction.Household(household)).Id };
            await transaction.Link(linked);
            return ToContract(linked);
        });
}
