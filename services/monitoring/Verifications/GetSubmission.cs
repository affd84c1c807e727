using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class VerificationsService
{
    public override Task<V1.Submission> GetSubmission(GetSubmissionRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("submission_id", request.SubmissionId);
            return ToContract(await transaction.FindSubmission(id) ?? throw new NotFoundException("submission", id.ToString()));
        });
}
