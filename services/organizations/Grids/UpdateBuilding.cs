using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class GridsService
{
    public override Task<V1.Building> UpdateBuilding(UpdateBuildingRequest request, ServerCallContext context)
    {
        var id = Fields.ParseId("building.id", request.Building.Id);
        return database.Transact(context, async transaction =>
        {
            var current = await transaction.LockBuilding(id);
            var changed = ToContract(current).Changed(request.Building, request.UpdateMask, "grid_id", "number", "head_id", "units");
            var fields = new Fields();
            var gridId = fields.Id("building.grid_id", changed.GridId);
            var number = fields.Text("building.number", changed.Number, max: 50);
            var headId = fields.Id("building.head_id", changed.HeadId);
            var units = Units(fields, changed.Units);
            fields.Check();

            var building = current.Change(await transaction.GetGrid(gridId), number, headId, units);
            await transaction.RequirePeople([.. building.People.Except(current.People)]);
            await transaction.Update(building);
            transaction.Publish(building.ToEvent(), id.ToString(), building.Division, building.Version);
            return ToContract(await transaction.GetBuilding(id));
        });
    }
}
