using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ClearancesService
{
    public override Task<ListClearancesResponse> ListClearances(ListClearancesRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            var state = (int)fields.Choice("state", request.State, required: false);
            fields.Check();

            var clearances = await transaction.Clearances(division, household, state, page);
            var next = page.Cut(clearances, shown => shown.Clearance.Id.ToString());
            return new ListClearancesResponse { Clearances = { clearances.Select(ToContract) }, NextPageToken = next };
        });
}
