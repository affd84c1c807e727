using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<SplitHouseholdResponse> SplitHousehold(SplitHouseholdRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var household = fields.Id("household_id", request.HouseholdId);
            var id = fields.Id("new_household_id", request.NewHouseholdId);
            var number = Number(fields, "number", request.Number);
            var leaving = request.MemberIds.Select((member, index) => fields.Id($"member_ids[{index}]", member)).ToHashSet();
            var householder = fields.Id("householder_id", request.HouseholderId);
            var relations = Relations(fields, request.Relations);
            fields.Check();

            var before = await transaction.Household(household);
            if (await transaction.FindHousehold(id) is { } known)
            {
                if (known.Number != number)
                    throw new AlreadyExistsException("household", "number");
                if (!leaving.SetEquals(known.Members.Select(member => member.Id)))
                    throw new AlreadyExistsException("household", "member_ids");
                return await Both(transaction, household, id);
            }
            RequireMembers(before, [.. leaving, householder, .. relations.Keys]);
            Rules.DecisionPending.Require(!await transaction.IsBeingDecided(household));
            await RequireFreeNumber(transaction, number);

            var (left, divided) = before.Split(id, number, leaving, householder, relations);
            await transaction.InsertWithoutMembers(divided);
            await transaction.Transfer(divided, divided.Members);
            // Who left is gone from it already: not removed, but moved.
            await transaction.Save(before with { Members = left.Members }, left);
            if (divided.Monitored is not null)
            {
                var days = policies.Get(MonitoringPolicies.PlanDays, divided.Division, transaction.Today);
                await transaction.RequirePlan(id, transaction.Today.AddDays(days.Value), days.Citation);
            }
            transaction.Publish(new HouseholdRegistered { Household = divided.Facts() }, id.ToString(), divided.Division, divided.Version);
            transaction.Publish(new HouseholdSplit { Household = left.Facts(), NewHouseholdId = id.ToString() }, household.ToString(), left.Division, left.Version);
            return await Both(transaction, household, id);
        });

    async Task<SplitHouseholdResponse> Both(Transaction transaction, Guid household, Guid divided) => new()
    {
        Household = ToContract(await transaction.HouseholdToShow(household)),
        NewHousehold = ToContract(await transaction.HouseholdToShow(divided)),
    };
}
