using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class SettlementsService
{
    public override Task<V1.Settlement> GetSettlement(GetSettlementRequest request, ServerCallContext context)
    {
        var id = Fields.ParseId("settlement_id", request.SettlementId);
        return database.Transact(context, async transaction => ToContract(await transaction.GetSettlement(id)));
    }
}
