using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Identity;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

/// <summary>Screening of all households by rules with thresholds from policy.</summary>
sealed class ScreeningService(Database database, PolicyBook policies) : V1.Screening.ScreeningBase
{
    public override Task<RunScreeningResponse> RunScreening(RunScreeningRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            fields.Check();

            var households = await transaction.Screen(division, policies);
            var outcomes = await transaction.RaiseClues(division);
            return new RunScreeningResponse
            {
                Households = households,
                Rules =
                {
                    outcomes.Select(outcome => new RunScreeningResponse.Types.RuleCount
                    {
                        Rule = outcome.Rule,
                        Title = ScreeningRules.Of(outcome.Rule).Title.In(context.Locale()),
                        Fired = outcome.Fired,
                        Raised = outcome.Raised,
                        Lapsed = outcome.Lapsed,
                    }),
                },
            };
        });
}
