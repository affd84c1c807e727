using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override async Task<V1.Household> AddMember(AddMemberRequest request, ServerCallContext context) =>
        await database.Transact<V1.Household?>(context, async transaction =>
        {
            var fields = new Fields();
            var household = fields.Id("household_id", request.HouseholdId);
            var id = fields.Id("member_id", request.MemberId);
            fields.Check();
            var before = await transaction.Household(household);
            var member = ParseMember(fields, "member.", request.Member, before.Division, transaction.Today) with { Id = id };
            fields.Check();

            if (before.Members.FirstOrDefault(other => other.Id == id) is { } known)
            {
                ToContract(known, masked: false).SameAs(ToContract(member, masked: false));
                return ToContract(await transaction.HouseholdToShow(household));
            }
            var after = before.Add(member);
            if (await AreElsewhere(transaction, before, member))
                return null;
            return await Save(transaction, before, after);
        }) ?? throw Rules.RegisteredElsewhere.Broken();
}
