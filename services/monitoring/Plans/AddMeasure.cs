using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class PlansService
{
    public override Task<V1.Plan> AddMeasure(AddMeasureRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var planId = fields.Id("plan_id", request.PlanId);
            var measure = Parse(fields, "measure.", fields.Id("measure_id", request.MeasureId), request.Measure);
            fields.Check();

            var before = await transaction.Plan(planId);
            if (before.Measures.FirstOrDefault(other => other.Id == measure.Id) is { } known)
            {
                ToContract(known).SameAs(ToContract(measure));
                return ToContract(before);
            }
            measure = Named(measure, before.Division, transaction.Today);
            var after = before.Add(measure);
            await transaction.Insert(after, measure);
            await transaction.SaveVersion(after);
            transaction.Publish(new MeasureAdded
            {
                PlanId = planId.ToString(),
                MeasureId = measure.Id.ToString(),
                HouseholdId = after.Household.ToString(),
                Kind = measure.Kind,
                StartDate = Calendar.Format(measure.Start),
            }, planId.ToString(), after.Division, after.Version);
            return ToContract(after);
        });
}
