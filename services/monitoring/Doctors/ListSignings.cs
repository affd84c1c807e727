using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class FamilyDoctorsService
{
    public override Task<ListSigningsResponse> ListSignings(ListSigningsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            fields.Check();

            var signings = await transaction.Signings(division, household, request.Overdue, page);
            var next = page.Cut(signings, signing => signing.Id.ToString());
            return new ListSigningsResponse { Signings = { signings.Select(signing => ToContract(signing, transaction.Today)) }, NextPageToken = next };
        });
}
