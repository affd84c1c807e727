using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class FoundingsService
{
    public override Task<V1.Founding> GetFounding(GetFoundingRequest request, ServerCallContext context)
    {
        var id = Fields.ParseId("founding_id", request.FoundingId);
        return database.Transact(context, async transaction => ToContract(await transaction.GetFounding(id), transaction.Today));
    }
}
