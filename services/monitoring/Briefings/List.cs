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
            DateOnly? month = request.Month.Length == 0 ? null : DropOutsService.ParseMonth(fields, "month", request.Month);
            fields.Check();

            var briefings = await transaction.Briefings(division, month, page);
            var next = page.Cut(briefings, briefing => briefing.Id.ToString());
            return new ListBriefingsResponse { Briefings = { briefings.Select(briefing => ToContract(briefing, context.Locale())) }, NextPageToken = next };
        });
}
