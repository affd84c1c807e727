using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class EnrolmentsService
{
    public override Task<EnrolmentComparison> GetEnrolmentComparison(GetEnrolmentComparisonRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("enrolment_comparison_id", request.EnrolmentComparisonId);
            return ToContract(await transaction.FindComparison(id) ?? throw new NotFoundException("enrolment comparison", id.ToString()));
        });
}
