using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class SweepsService
{
    public override Task<V1.Sweep> OpenSweep(OpenSweepRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var wanted = request.Sweep;
            var fields = new Fields();
            var id = fields.Id("sweep_id", request.SweepId);
            var division = fields.Division("sweep.division", wanted.Division);
            var title = fields.Text("sweep.title", wanted.Title, 100);
            var until = fields.Date("sweep.until_date", wanted.UntilDate);
            fields.Check();

            if (await transaction.FindSweep(id) is { } known)
            {
                ToContract(known, transaction.Today).SameAs(new V1.Sweep { Division = division, Title = title, UntilDate = wanted.UntilDate });
                return await Counted(transaction, known);
            }
            if (until < transaction.Today)
                throw new InvalidException("sweep.until_date", "IN_THE_PAST", "截止日期不能早于今天。", "The period cannot end before today.");
            if (!Divisions.Covers(transaction.Caller.Division, division))
                throw new NotFoundException("division", division);
            Rules.OneSweep.Require(!await transaction.IsBeingSwept(division));
            var sweep = new Sweep(id, division, title, transaction.Today, until!.Value);
            var households = await transaction.Insert(sweep);
            Rules.NothingToSweep.Require(households > 0);
            transaction.Publish(new SweepOpened { SweepId = id.ToString(), Households = households, UntilDate = Calendar.Format(sweep.Until) },
                id.ToString(), division, sweep.Version);
            return await Counted(transaction, await transaction.Sweep(id));
        });
}
