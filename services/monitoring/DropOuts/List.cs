using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class DropOutsService
{
    public override Task<ListDropOutsResponse> ListDropOuts(ListDropOutsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            var state = fields.Choice("state", request.State, required: false);
            fields.Check();

            var dropOuts = await transaction.DropOuts(division, household, state, request.Late, page);
            var next = page.Cut(dropOuts, dropOut => dropOut.Id.ToString());
            return new ListDropOutsResponse { DropOuts = { dropOuts.Select(dropOut => ToContract(dropOut, transaction.Today)) }, NextPageToken = next };
        });
}
