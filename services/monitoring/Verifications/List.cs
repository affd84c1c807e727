using Governance.Monitoring.V1;
using Governance.Platform.Audit;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class VerificationsService
{
    public override Task<ListVerificationsResponse> ListVerifications(ListVerificationsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var list = fields.Id("department_list_id", request.DepartmentListId, required: false);
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var state = (int)fields.Choice("state", request.State, required: false);
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            var reviewer = fields.Id("reviewer_id", request.ReviewerId, required: false);
            fields.Check();

            var verifications = await transaction.Verifications(list, division, state, household, reviewer, page);
            var next = page.Cut(verifications, shown => shown.Verification.Id.ToString());
            if (verifications.Count > 0)
                await AuditTrail.Record(transaction, transaction.Caller.Division, verifications.ConvertAll(shown => shown.Verification.Id.ToString()), "");
            return new ListVerificationsResponse { Verifications = { verifications.Select(ToContract) }, NextPageToken = next };
        });
}
