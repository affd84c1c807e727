using Governance.Monitoring.V1;
using Governance.Platform;
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
            var day = Past(fields, "date", request.Date, transaction.Today, required: reason == RemovalReason.Died) ?? transaction.Today;
            var successor = fields.Id("successor_id", request.SuccessorId, required: false);
            var relations = Relations(fields, request.Relations);
            fields.Check();

            var before = await transaction.Household(household);
            RequireMembers(before, [id, .. relations.Keys]);
            if (successor is { } next && (next == id || before.Members.All(member => member.Id != next)))
                throw new NotFoundException("member", next.ToString());
            await AuditTrail.Record(transaction, before.Division, [household.ToString(), id.ToString()], reason.ToString());

            V1.Household shown;
            if (before.Members.Count == 1)
            {
                before.RequireCanLeave(id, day);
                Rules.DecisionPending.Require(!await transaction.IsBeingDecided(household));
                var version = await transaction.Close(before);
                transaction.Publish(new HouseholdClosed { HouseholdId = household.ToString(), CloseDate = Calendar.Format(transaction.Today) },
                    household.ToString(), before.Division, version);
                shown = ToContract(await transaction.HouseholdToShow(household));
            }
            else
            {
                shown = await Save(transaction, before, before.Remove(id, day, successor, relations));
            }
            await transaction.SaveRemoval(id, reason, day);
            return shown;
        });
}
