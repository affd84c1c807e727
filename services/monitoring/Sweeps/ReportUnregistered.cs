using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class SweepsService
{
    public override Task<V1.Unregistered> ReportUnregistered(ReportUnregisteredRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var wanted = request.Unregistered ?? new V1.Unregistered();
            var fields = new Fields();
            var sweepId = fields.Id("sweep_id", request.SweepId);
            var id = fields.Id("unregistered_id", request.UnregisteredId);
            var division = fields.Division("unregistered.division", wanted.Division, minDigits: 12);
            var description = fields.Text("unregistered.description", wanted.Description, 1000);
            fields.Check();

            var sweep = (await transaction.Sweep(sweepId)).Sweep;
            if (await transaction.FindUnregistered(id) is { } known)
                return ToContract(known).SameAs(new V1.Unregistered { Division = division, Description = description });
            sweep.RequireOn();
            if (!Divisions.Covers(transaction.Caller.Division, division) || !Divisions.Covers(sweep.Division, division))
                throw new NotFoundException("division", division);
            var found = new Unregistered(id, sweepId, division, description, transaction.Today, null);
            await transaction.Insert(found);
            return ToContract(found);
        });
}
