using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class CluesService
{
    public override Task<ListCluesResponse> ListClues(ListCluesRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var filter = new ClueFilter(
                request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division),
                fields.Id("household_id", request.HouseholdId, required: false),
                (int)fields.Choice("state", request.State, required: false),
                (int)fields.Choice("source", request.Source, required: false),
                fields.Text("rule", request.Rule, 100, required: false),
                request.Overdue);
            fields.Check();

            var clues = await transaction.Clues(filter, page);
            var next = page.Cut(clues, shown => shown.Clue.Id.ToString());
            return new ListCluesResponse { Clues = { clues.Select(shown => ToContract(shown, context.Locale(), transaction.Today)) },
                NextPageToken = next };
        });
}
