using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class SettlementsService
{
    public override Task<V1.Settlement> RegisterSettlement(RegisterSettlementRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var id = fields.Id("settlement_id", request.SettlementId);
        var facts = Facts(fields, request.Settlement);
        fields.Check();

        return database.Transact(context, async transaction =>
        {
            var thresholds = SizePolicies.Of(policies, facts.Division, transaction.Today);
            var settlement = Settlement.Register(id, facts, thresholds, transaction.Now);
            if (!await transaction.Insert(settlement))
            {
                var existing = await transaction.FindSettlement(id) ?? throw new AlreadyExistsException("settlement", "settlement_id");
                return ToContract(existing).SameAs(ToContract(new Standing(settlement)));
            }
            transaction.Publish(settlement.ToEvent(), id.ToString(), facts.Division, settlement.Version);
            return ToContract(await transaction.GetSettlement(id));
        });
    }
}
