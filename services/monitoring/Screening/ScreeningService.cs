using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Screening of all households by rules with thresholds from policy; one file per rpc.</summary>
sealed partial class ScreeningService(Database database, PolicyBook policies) : V1.Screening.ScreeningBase
{
    static IEnumerable<V1.RunScreeningResponse.Types.RuleCount> ToContract(IEnumerable<RuleOutcome> outcomes, Locale locale) =>
        outcomes.Select(outcome => new V1.RunScreeningResponse.Types.RuleCount
        {
            Rule = outcome.Rule,
            Title = ClueRules.Of(outcome.Rule).Title.In(locale),
            Fired = outcome.Fired,
            Raised = outcome.Raised,
            Lapsed = outcome.Lapsed,
        });
}
