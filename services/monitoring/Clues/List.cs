using Governance.Monitoring.V1;
using Governance.Platform;
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

            var clues = request.GravestFirst
                ? await transaction.CluesGravestFirst(filter, RankAfter(page), page.Limit)
                : await transaction.Clues(filter, page);
            var next = page.Cut(clues, shown => request.GravestFirst ? Rank(shown.Clue) : shown.Clue.Id.ToString());
            return new ListCluesResponse { Clues = { clues.Select(shown => ToContract(shown, context.Locale(), transaction.Today)) },
                NextPageToken = next };
        });

    static string Rank(Clue clue) => $"{clue.Aggravations.Count}/{Calendar.Format(clue.Due)}/{clue.Id}";

    static ClueRank RankAfter(Page page)
    {
        if (page.After.Length == 0)
            return new ClueRank(int.MaxValue, default, Guid.Empty);
        return page.After.Split('/') is [var gravity, var due, var id] && int.TryParse(gravity, System.Globalization.CultureInfo.InvariantCulture, out var count)
            && DateOnly.TryParseExact(due, "yyyy-MM-dd", out var date) && Guid.TryParse(id, out var clue)
            ? new ClueRank(count, date, clue)
            : throw Page.NotAToken();
    }
}
