using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ScreeningService
{
    public override Task<RunScreeningResponse> RunScreening(RunScreeningRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            fields.Check();

            var run = await ScreeningRun.Run(transaction, division, policies, scheduled: false);
            return new RunScreeningResponse
            {
                Households = run.Households,
                Rules = { ToContract(run.Rules, context.Locale()) },
                ScreeningRunId = run.Id.ToString(),
            };
        });
}
