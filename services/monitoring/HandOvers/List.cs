using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HandOversService
{
    public override Task<ListHandOversResponse> ListHandOvers(ListHandOversRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            var state = (int)fields.Choice("state", request.State, required: false);
            var to = fields.Division("to_division", request.ToDivision, required: false);
            fields.Check();

            var handOvers = await transaction.HandOvers(household, state, to, request.Overdue, page);
            var next = page.Cut(handOvers, shown => shown.HandOver.Id.ToString());
            return new ListHandOversResponse { HandOvers = { handOvers.Select(shown => ToContract(shown, transaction.Today)) }, NextPageToken = next };
        });
}
