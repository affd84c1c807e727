using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class SweepsService
{
    public override Task<AssignVisitsResponse> AssignVisits(AssignVisitsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("sweep_id", request.SweepId);
            var worker = fields.Text("worker", request.Worker, 100);
            var grid = fields.Id("grid_id", request.GridId, required: false);
            var division = fields.Division("division", request.Division, required: grid is null);
            fields.Check();

            (await transaction.Sweep(id)).Sweep.RequireOn();
            var assigned = await transaction.Assign(id, worker, grid, division);
            return new AssignVisitsResponse { Assigned = assigned };
        });
}
