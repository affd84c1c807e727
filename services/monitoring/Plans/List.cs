using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class PlansService
{
    public override Task<ListPlansResponse> ListPlans(ListPlansRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            fields.Check();

            if (request.Overdue)
            {
                var missing = await transaction.OverduePlans(division, household, page);
                var nextMissing = page.Cut(missing, plan => plan.Household.ToString());
                return new ListPlansResponse { Plans = { missing.Select(Missing) }, NextPageToken = nextMissing };
            }
            var plans = await transaction.Plans(division, household, page);
            var next = page.Cut(plans, plan => plan.Id.ToString());
            return new ListPlansResponse { Plans = { plans.Select(ToContract) }, NextPageToken = next };
        });

    static V1.Plan Missing(MissingPlan plan) => new()
    {
        HouseholdId = plan.Household.ToString(),
        Division = plan.Division,
        DueDate = Calendar.Format(plan.Due.Date),
        DueCitation = plan.Due.Citation,
        Overdue = true,
    };
}
