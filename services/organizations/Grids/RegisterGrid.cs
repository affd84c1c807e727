using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class GridsService
{
    public override Task<V1.Grid> RegisterGrid(RegisterGridRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var id = fields.Id("grid_id", request.GridId);
        var settlementId = fields.Id("grid.settlement_id", request.Grid.SettlementId);
        var name = fields.Text("grid.name", request.Grid.Name, max: 50);
        var workerId = fields.Id("grid.worker_id", request.Grid.WorkerId);
        fields.Check();

        return database.Transact(context, async transaction =>
        {
            var grid = Grid.Register(id, (await transaction.GetSettlement(settlementId)).Settlement, name, workerId);
            await transaction.RequirePeople(workerId);
            if (!await transaction.Insert(grid))
            {
                var existing = await transaction.FindGrid(id) ?? throw new AlreadyExistsException("grid", "grid_id");
                return ToContract(existing).SameAs(ToContract(grid));
            }
            transaction.Publish(grid.ToEvent(), id.ToString(), grid.Division, grid.Version);
            return ToContract(await transaction.GetGrid(id));
        });
    }
}
