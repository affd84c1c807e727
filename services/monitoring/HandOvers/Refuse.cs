using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HandOversService
{
    public override Task<V1.HandOver> RefuseHandOver(RefuseHandOverRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("hand_over_id", request.HandOverId);
            var reason = fields.Text("reason", request.Reason, 1000);
            fields.Check();

            var decided = (await transaction.HandOver(id)).HandOver.Refuse(transaction.Caller.Division, reason);
            return await Save(transaction, decided, decided.From);
        });
}
