using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class SweepsService
{
    public override Task<ListVisitsResponse> ListVisits(ListVisitsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var id = fields.Id("sweep_id", request.SweepId);
            var filter = new VisitFilter(
                request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division),
                fields.Id("grid_id", request.GridId, required: false),
                fields.Text("worker", request.Worker, 100, required: false),
                (int)fields.Choice("state", request.State, required: false),
                request.AtRisk);
            fields.Check();

            await transaction.Sweep(id);
            var visits = await transaction.Visits(id, filter, page);
            var next = page.Cut(visits, visit => visit.Household.ToString());
            return new ListVisitsResponse { Visits = { visits.Select(ToContract) }, NextPageToken = next };
        });
}
