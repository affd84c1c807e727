using Governance.Monitoring.V1;
using Governance.Platform.Audit;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<UnmaskMemberResponse> UnmaskMember(UnmaskMemberRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var household = fields.Id("household_id", request.HouseholdId);
            var id = fields.Id("member_id", request.MemberId);
            var purpose = fields.Text("purpose", request.Purpose, 500);
            fields.Check();

            var shown = await transaction.HouseholdToShow(household);
            var member = shown.Household.Members.FirstOrDefault(other => other.Id == id) ?? throw new NotFoundException("member",
                id.ToString());
            await AuditTrail.Record(transaction, shown.Household.Division, [household.ToString(), id.ToString()], purpose);
            return new UnmaskMemberResponse { Name = member.Name, IdentityNumber = personal.Reveal(member.Number.Sealed) };
        });
}
