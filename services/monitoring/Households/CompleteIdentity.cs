using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override async Task<V1.Household> CompleteIdentity(CompleteIdentityRequest request, ServerCallContext context) =>
        await database.Transact<V1.Household?>(context, async transaction =>
        {
            var fields = new Fields();
            var household = fields.Id("household_id", request.HouseholdId);
            var id = fields.Id("member_id", request.MemberId);
            var number = Identity(fields, "identity_number", request.IdentityNumber, transaction.Today);
            fields.Check();

            var before = await transaction.Household(household);
            RequireMembers(before, [id]);
            var completed = personal.Protect(number!.Value);
            if (before.Members.Single(member => member.Id == id).Number.Hash.AsSpan().SequenceEqual(completed.Hash))
                return ToContract(await transaction.HouseholdToShow(household));
            var after = before.Complete(id, completed, number.Value.Birth, (V1.Gender)number.Value.Gender);
            if (await AreElsewhere(transaction, before, after.Members.Single(member => member.Id == id)))
                return null;
            return await Save(transaction, before, after);
        }) ?? throw Rules.RegisteredElsewhere.Broken();
}
