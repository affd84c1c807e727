using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class NoticesService
{
    public override Task<ListNoticesResponse> ListNotices(ListNoticesRequest request, ServerCallContext context) =>
        Visit(context, request.Division, async transaction =>
        {
            var (notices, next) = await Board(transaction, request.PageSize, request.PageToken, context.Locale());
            return new ListNoticesResponse { Notices = { notices }, NextPageToken = next };
        });
}
