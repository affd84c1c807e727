using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class GridsService
{
    public override Task<V1.Building> RegisterBuilding(RegisterBuildingRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var id = fields.Id("building_id", request.BuildingId);
        var gridId = fields.Id("building.grid_id", request.Building.GridId);
        var number = fields.Text("building.number", request.Building.Number, max: 50);
        var headId = fields.Id("building.head_id", request.Building.HeadId);
        var units = Units(fields, request.Building.Units);
        fields.Check();

        return database.Transact(context, async transaction =>
        {
            var building = Building.Register(id, await transaction.GetGrid(gridId), number, headId, units);
            await transaction.RequirePeople(building.People);
            if (!await transaction.Insert(building))
            {
                var existing = await transaction.FindBuilding(id) ?? throw new AlreadyExistsException("building", "building_id");
                return ToContract(existing).SameAs(ToContract(building));
            }
            transaction.Publish(building.ToEvent(), id.ToString(), building.Division, building.Version);
            return ToContract(await transaction.GetBuilding(id));
        });
    }
}
