using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class SweepsService
{
    public override Task<V1.Sweep> CloseSweep(CloseSweepRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("sweep_id", request.SweepId);
            var shown = await transaction.Sweep(id);
            // Seeing it is not enough: who closes it sees all of its visits.
            if (!Divisions.Covers(transaction.Caller.Division, shown.Sweep.Division))
                throw new NotFoundException("sweep", id.ToString());
            if (shown.Sweep.Closed is not null)
                return await Counted(transaction, shown);

            var total = await TotalOf(transaction, id);
            var sweep = shown.Sweep.Close(total, transaction.Today,
                policies.Get(MonitoringPolicies.SweepInterval, shown.Sweep.Division, transaction.Today));
            await transaction.Close(sweep);
            transaction.Publish(new SweepClosed
            {
                SweepId = id.ToString(),
                Visited = total.Visited,
                Excused = total.Excused,
                AtRisk = total.AtRisk,
                NextDueDate = Calendar.Format(sweep.Next!.Due),
            }, id.ToString(), sweep.Division, sweep.Version);
            return ToContract(shown with { Sweep = sweep }, transaction.Today, total);
        });
}
