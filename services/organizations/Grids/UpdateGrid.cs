using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class GridsService
{
    public override Task<V1.Grid> UpdateGrid(UpdateGridRequest request, ServerCallContext context)
    {
        var id = Fields.ParseId("grid.id", request.Grid.Id);
        return database.Transact(context, async transaction =>
        {
            var current = await transaction.LockGrid(id);
            var changed = ToContract(current).Changed(request.Grid, request.UpdateMask, "name", "worker_id");
            var fields = new Fields();
            var name = fields.Text("grid.name", changed.Name, max: 50);
            var workerId = fields.Id("grid.worker_id", changed.WorkerId);
            fields.Check();

            var grid = current.Change(name, workerId);
            if (workerId != current.WorkerId)
                await transaction.RequirePeople(workerId);
            await transaction.Update(grid);
            transaction.Publish(grid.ToEvent(), id.ToString(), grid.Division, grid.Version);
            return ToContract(await transaction.GetGrid(id));
        });
    }
}
