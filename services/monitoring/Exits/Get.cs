using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ExitsService
{
    public override Task<V1.Exit> GetExit(GetExitRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("exit_id", request.ExitId);
            return ToContract(await transaction.Exit(id));
        });
}
