using Governance.Monitoring.V1;
using Governance.Platform.Audit;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<V1.Household> RemoveMember(RemoveMemberRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var household = fields.Id("household_id", request.HouseholdId);
            var id = fields.Id("member_id", request.MemberId);
            var reason = fields.Choice("reason", request.Reason);
            fields.Check();

            var before = await transaction.Household(household);
            if (before.Members.All(member => member.Id != id))
                throw new NotFoundException("member", id.ToString());
            var after = before.Remove(id);
            await AuditTrail.Record(transaction, before.Division, [household.ToString(), id.ToString()], reason.ToString());
            return await Save(transaction, before, after);
        });
}
