using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ListsService
{
    public override Task<V1.Reviewer> RevokeReviewer(RevokeReviewerRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("reviewer_id", request.ReviewerId);
            var reviewer = await transaction.FindReviewer(id) ?? throw new NotFoundException("reviewer", id.ToString());
            if (reviewer.RevokedAt is null)
            {
                reviewer = reviewer.Revoke(transaction.Now);
                await transaction.Save(reviewer);
                transaction.Publish(reviewer.RevokedEvent(), id.ToString(), reviewer.Division, reviewer.Version);
            }
            return ToContract(reviewer);
        });
}
