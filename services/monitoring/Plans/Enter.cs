using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class PlansService
{
    public override Task<V1.Plan> EnterPlan(EnterPlanRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("plan_id", request.PlanId);
            var householdId = fields.Id("plan.household_id", request.Plan.HouseholdId);
            var responsible = fields.Text("plan.responsible_person", request.Plan.ResponsiblePerson, 100);
            var goal = fields.Text("plan.goal", request.Plan.Goal, 1000);
            List<Measure> measures =
            [
                .. request.Plan.Measures.Select((measure, index) => Parse(fields, $"plan.measures[{index}].",
                    measure.Id.Length == 0 ? Guid.CreateVersion7() : fields.Id($"plan.measures[{index}].id", measure.Id), measure)),
            ];
            fields.Check();

            if (await transaction.FindPlan(id) is { } known)
            {
                // Measures are added and ended later: what was entered is the plan itself.
                var wanted = known with { Household = householdId, ResponsiblePerson = responsible, Goal = goal, Measures = [] };
                ToContract(known with { Measures = [] }).SameAs(ToContract(wanted));
                return ToContract(known);
            }
            var household = await transaction.Household(householdId);
            Rules.PlanForMonitored.Require(household.Monitored is not null);
            Rules.OnePlan.Require(!await transaction.HasPlan(householdId));
            Rules.PlanWithMeasures.Require(measures.Count > 0);

            var plan = new Plan(id, householdId, household.Division, responsible, goal, await transaction.PlanDueOf(householdId),
                transaction.Today)
            {
                Measures = measures.ConvertAll(measure => Named(measure, household.Division, transaction.Today)),
            };
            await transaction.Insert(plan);
            transaction.Publish(new PlanEntered { PlanId = id.ToString(), HouseholdId = householdId.ToString(),
                Overdue = plan.IsOverdue }, id.ToString(), plan.Division, plan.Version);
            return ToContract(plan);
        });
}
