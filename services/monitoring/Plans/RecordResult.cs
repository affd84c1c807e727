using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class PlansService
{
    public override Task<V1.Plan> RecordResult(RecordResultRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var planId = fields.Id("plan_id", request.PlanId);
            var id = fields.Id("measure_id", request.MeasureId);
            var result = fields.Text("result", request.Result, 1000);
            var end = fields.Date("end_date", request.EndDate, required: false) ?? transaction.Today;
            fields.Check();

            var before = await transaction.Plan(planId);
            var known = before.Measures.FirstOrDefault(other => other.Id == id) ?? throw new NotFoundException("measure", id.ToString());
            if (known.Result == result && known.End == end)
                return ToContract(before);
            var after = before.End(id, result, end, transaction.Today);
            var measure = after.Measures.Single(other => other.Id == id);
            await transaction.End(measure);
            await transaction.SaveVersion(after);
            transaction.Publish(new MeasureEnded
            {
                PlanId = planId.ToString(),
                MeasureId = id.ToString(),
                HouseholdId = after.Household.ToString(),
                Kind = measure.Kind,
                EndDate = Calendar.Format(end),
            }, planId.ToString(), after.Division, after.Version);
            return ToContract(after);
        });
}
