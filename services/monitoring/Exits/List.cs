using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ExitsService
{
    public override Task<ListExitsResponse> ListExits(ListExitsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken, max: 200);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            var state = (int)fields.Choice("state", request.State, required: false);
            fields.Check();

            var exits = await transaction.Exits(division, household, state, page);
            var next = page.Cut(exits, shown => shown.Exit.Id.ToString());
            return new ListExitsResponse { Exits = { exits.Select(ToContract) }, NextPageToken = next };
        });
}
