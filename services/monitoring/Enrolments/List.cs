using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class EnrolmentsService
{
    public override Task<ListEnrolmentComparisonsResponse> ListEnrolmentComparisons(ListEnrolmentComparisonsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            fields.Check();

            var comparisons = await transaction.Comparisons(division, page);
            var next = page.Cut(comparisons, comparison => comparison.Id.ToString());
            return new ListEnrolmentComparisonsResponse { Comparisons = { comparisons.Select(ToContract) }, NextPageToken = next };
        });
}
