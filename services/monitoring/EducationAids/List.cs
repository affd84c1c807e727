using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class EducationAidsService
{
    public override Task<ListEducationAidsResponse> ListEducationAids(ListEducationAidsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            var state = (int)fields.Choice("state", request.State, required: false);
            fields.Check();

            var aids = await transaction.EducationAids(division, household, state, request.SchoolYear, page);
            var next = page.Cut(aids, shown => shown.Aid.Id.ToString());
            return new ListEducationAidsResponse { EducationAids = { aids.Select(ToContract) }, NextPageToken = next };
        });
}
