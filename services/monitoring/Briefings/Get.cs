using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class BriefingsService
{
    public override Task<V1.Briefing> GetBriefing(GetBriefingRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("briefing_id", request.BriefingId);
            return ToContract(await transaction.Briefing(id), context.Locale());
        });
}
