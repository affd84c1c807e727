using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class SettlementsService
{
    public override Task<V1.Settlement> UpdateSettlement(UpdateSettlementRequest request, ServerCallContext context)
    {
        var id = Fields.ParseId("settlement.id", request.Settlement.Id);
        return database.Transact(context, async transaction =>
        {
            var current = await transaction.LockSettlement(id);
            var fields = new Fields();
            var facts = Facts(fields, ToContract(current).Changed(request.Settlement, request.UpdateMask,
                "name", "urban", "households", "population", "built_date", "qualified", "party_covered_by", "committee_covered_by"));
            fields.Check();

            var thresholds = SizePolicies.Of(policies, facts.Division, transaction.Today);
            var settlement = current.Settlement.Change(facts, thresholds, transaction.Now);
            await transaction.Update(settlement);
            transaction.Publish(settlement.ToEvent(), id.ToString(), facts.Division, settlement.Version);
            return ToContract(await transaction.GetSettlement(id));
        });
    }
}
