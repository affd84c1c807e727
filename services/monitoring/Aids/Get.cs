using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class AidsService
{
    public override Task<V1.Aid> GetAid(GetAidRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("aid_id", request.AidId);
            return ToContract(await transaction.Aid(id), transaction.Today);
        });
}
