using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class NoticesService
{
    public override Task<Notice> GetNotice(GetNoticeRequest request, ServerCallContext context) =>
        Visit(context, request.Division, async transaction =>
        {
            var id = Fields.ParseId("notice_id", request.NoticeId);
            var open = await procedures.FindNotice(transaction, id) ?? throw new NotFoundException("notice", id.ToString());
            return (await ToContract(transaction, [open], context.Locale()))[0];
        });
}
