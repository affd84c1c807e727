using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class DropOutsService
{
    public override Task<V1.DropOut> PlanDropOut(PlanDropOutRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("drop_out_id", request.DropOutId);
            var responsible = fields.Text("responsible_person", request.ResponsiblePerson, 100);
            var plan = fields.Text("plan", request.Plan, 1000);
            var method = fields.Choice("method", request.Method);
            fields.Check();

            var before = await transaction.DropOut(id);
            if ((before.ResponsiblePerson, before.Plan, before.Method) == (responsible, plan, method))
                return ToContract(before, transaction.Today);
            var after = before.WithPlan(responsible, plan, method);
            await transaction.Save(after);
            transaction.Publish(new DropOutPlanned { DropOutId = id.ToString(), HouseholdId = after.Household.ToString(), Method = method },
                id.ToString(), after.Division, after.Version);
            return ToContract(after, transaction.Today);
        });
}
