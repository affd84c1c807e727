using Google.Protobuf.WellKnownTypes;
using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ScreeningService
{
    public override Task<ListScreeningRunsResponse> ListScreeningRuns(ListScreeningRunsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            fields.Check();

            var runs = await transaction.ScreeningRuns(division, page);
            var next = page.Cut(runs, run => run.Id.ToString());
            return new ListScreeningRunsResponse
            {
                Runs =
                {
                    runs.Select(run => new V1.ScreeningRun
                    {
                        Id = run.Id.ToString(),
                        Division = run.Division,
                        StartTime = run.Start.ToTimestamp(),
                        Scheduled = run.Scheduled,
                        Households = run.Households,
                        Rules = { ToContract(run.Rules, context.Locale()) },
                        Citations = { run.Citations },
                    }),
                },
                NextPageToken = next,
            };
        });
}
