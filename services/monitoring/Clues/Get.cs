using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class CluesService
{
    public override Task<V1.Clue> GetClue(GetClueRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("clue_id", request.ClueId);
            return ToContract(await transaction.Clue(id), context.Locale(), transaction.Today);
        });
}
