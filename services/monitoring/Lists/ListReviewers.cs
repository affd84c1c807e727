using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ListsService
{
    public override Task<ListReviewersResponse> ListReviewers(ListReviewersRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var list = fields.Id("department_list_id", request.DepartmentListId, required: false);
            fields.Check();

            var reviewers = await transaction.Reviewers(list, page);
            var next = page.Cut(reviewers, reviewer => reviewer.Id.ToString());
            return new ListReviewersResponse { Reviewers = { reviewers.Select(ToContract) }, NextPageToken = next };
        });
}
