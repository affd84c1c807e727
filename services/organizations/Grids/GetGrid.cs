using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class GridsService
{
    public override Task<V1.Grid> GetGrid(GetGridRequest request, ServerCallContext context)
    {
        var id = Fields.ParseId("grid_id", request.GridId);
        return database.Transact(context, async transaction => ToContract(await transaction.GetGrid(id)));
    }
}
