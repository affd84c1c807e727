using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<V1.Household> UpdateMember(UpdateMemberRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var household = fields.Id("household_id", request.HouseholdId);
            var id = fields.Id("member.id", request.Member.Id);
            fields.Check();

            var before = await transaction.Household(household);
            var member = before.Members.FirstOrDefault(other => other.Id == id) ?? throw new NotFoundException("member", id.ToString());
            var changed = ToContract(member, masked: false).Changed(request.Member, request.UpdateMask,
                "name", "relation", "education", "health_conditions", "disability_grade", "labour_ability", "insurance", "school_status", "employed");
            var after = Details(fields, "member.", changed, member);
            fields.Check();

            return await Save(transaction, before, before.Change(after));
        });
}
