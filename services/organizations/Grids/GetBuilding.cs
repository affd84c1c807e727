using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class GridsService
{
    public override Task<V1.Building> GetBuilding(GetBuildingRequest request, ServerCallContext context)
    {
        var id = Fields.ParseId("building_id", request.BuildingId);
        return database.Transact(context, async transaction => ToContract(await transaction.GetBuilding(id)));
    }
}
