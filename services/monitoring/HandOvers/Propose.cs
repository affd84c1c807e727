using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Directories;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HandOversService
{
    public override Task<V1.HandOver> ProposeHandOver(ProposeHandOverRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("hand_over_id", request.HandOverId);
            var household = fields.Id("hand_over.household_id", request.HandOver.HouseholdId);
            var to = fields.Division("hand_over.to_division", request.HandOver.ToDivision, minDigits: Divisions.DigitsOf(Common.V1.Level.County));
            var statement = fields.Text("hand_over.statement", request.HandOver.Statement, 1000);
            fields.Check();

            if (await transaction.FindHandOver(id) is { } known)
            {
                return ToContract(known, transaction.Today).SameAs(
                    new V1.HandOver { HouseholdId = household.ToString(), ToDivision = to, Statement = statement });
            }

            var before = await transaction.Household(household);
            Rules.UnknownDivision.Require(await transaction.DivisionExists(to), to);
            Rules.OnVillageList.Require(!await transaction.IsOnVillageList(household));
            Rules.OneHandOver.Require(!await transaction.IsBeingHandedOver(household));
            var handOver = HandOver.Propose(id, before, to, statement, transaction.Today,
                policies.Get(MonitoringPolicies.HandOverDays, before.Division, transaction.Today));
            await transaction.Insert(handOver);
            transaction.Publish(new HandOverProposed
            {
                HandOverId = id.ToString(),
                HouseholdId = household.ToString(),
                FromDivision = handOver.From,
                ToDivision = to,
                DueDate = Calendar.Format(handOver.Due),
            }, id.ToString(), to, handOver.Version);
            return ToContract(await transaction.HandOver(id), transaction.Today);
        });
}
