using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class BriefingsService
{
    public override Task<ListBriefingsResponse> ListBriefings(ListBriefingsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var (month, from, until) = (Month("month", request.Month), Month("from_month", request.FromMonth), Month("until_month", request.UntilMonth));
            fields.Check();

            var briefings = await transaction.Briefings(division, month, from, until, page);
            var next = page.Cut(briefings, briefing => briefing.Id.ToString());
            return new ListBriefingsResponse { Briefings = { briefings.Select(briefing => ToContract(briefing, context.Locale())) }, NextPageToken = next };

            DateOnly? Month(string field, string text) => text.Length == 0 ? null : DropOutsService.ParseMonth(fields, field, text);
        });
}
