using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class SweepsService
{
    public override Task<V1.Visit> RecordSweepVisit(RecordSweepVisitRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var wanted = request.Visit ?? new V1.Visit();
            var fields = new Fields();
            var sweepId = fields.Id("sweep_id", request.SweepId);
            var household = fields.Id("household_id", request.HouseholdId);
            var state = fields.Choice("visit.state", wanted.State);
            var date = fields.Date("visit.visit_date", wanted.VisitDate, required: false) ?? transaction.Today;
            var atRisk = wanted.AtRisk && state == VisitState.Visited;
            var note = fields.Text("visit.note", wanted.Note, 1000, required: atRisk || state == VisitState.Excused);
            if (state == VisitState.Waiting)
                fields.Wrong("visit.state", "NOT_A_RESULT", "请登记走访结果：已走访、无人在家或免于走访。", "Record what was made of the visit: visited, absent or excused.");
            if (date > transaction.Today)
                fields.Wrong("visit.visit_date", "IN_THE_FUTURE", "走访日期不能晚于今天。", "A visit cannot be in the future.");
            fields.Check();

            var sweep = (await transaction.Sweep(sweepId)).Sweep;
            var before = await transaction.Visit(sweepId, household);
            if (before.State == state && before.Date == date && before.Note == note && before.AtRisk == atRisk)
                return ToContract(before);
            sweep.RequireOn();
            if (date < sweep.Opened)
                throw new InvalidException("visit.visit_date", "BEFORE_THE_SWEEP", "走访日期不能早于排查开始日期。", "A visit cannot be before the sweep was opened.");
            var after = before.Record(state, date, note, atRisk);
            if (atRisk)
                after = after with { Clue = await RaiseClue(transaction, after) };
            await transaction.Save(after);
            return ToContract(after);
        });

    /// <summary>Who is monitored already is where it should be: its plan is to deal with what was found.</summary>
    async Task<Guid?> RaiseClue(Transaction transaction, Visit visit)
    {
        if ((await transaction.Household(visit.Household)).Monitored is not null)
            return null;
        var clue = Clue.Report(Guid.CreateVersion7(transaction.Now), visit.Household, visit.Division, ClueSource.Sweep, visit.Note, visit.Date!.Value,
            policies.Get(MonitoringPolicies.IdentificationDays, visit.Division, visit.Date.Value));
        await transaction.Insert(clue);
        transaction.Publish(clue.Raised(), clue.Id.ToString(), clue.Division, clue.Version);
        return clue.Id;
    }
}
