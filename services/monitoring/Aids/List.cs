using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class AidsService
{
    public override Task<ListAidsResponse> ListAids(ListAidsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            fields.Check();

            var aids = await transaction.Aids(division, household, request.Overdue, page);
            var next = page.Cut(aids, shown => shown.Aid.Id.ToString());
            return new ListAidsResponse { Aids = { aids.Select(shown => ToContract(shown, transaction.Today)) }, NextPageToken = next };
        });
}
