using Google.Protobuf.WellKnownTypes;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Clues and their identification; one file per rpc.</summary>
sealed partial class CluesService(Database database, PolicyBook policies, Platform.Procedures.Procedures procedures) : V1.Clues.CluesBase
{
    static V1.Clue ToContract(ClueShown shown, Locale locale, DateOnly today)
    {
        var clue = shown.Clue;
        return new V1.Clue
        {
            Id = clue.Id.ToString(),
            HouseholdId = clue.Household.ToString(),
            Division = clue.Division,
            Source = clue.Source,
            Rule = clue.Rule,
            Description = clue.Description,
            Explanation = clue.Rule.Length == 0 ? "" : ClueRules.Of(clue.Rule).Explain(clue.Evidence, clue.Citation, locale),
            Aggravations = { clue.Aggravations },
            // What others found was weighed by them; the rule has the clause that it comes from.
            Citation = clue.Citation ?? (clue.Rule.Length == 0 ? null : new PolicyCitation { Source = ClueRules.Of(clue.Rule).Rule.Source }),
            State = clue.State,
            FoundDate = Calendar.Format(clue.Found),
            DueDate = Calendar.Format(clue.Due),
            Overdue = clue.IsOverdue(today),
            DueCitation = clue.DueCitation,
            ProcedureId = clue.Procedure?.ToString() ?? "",
            ProposedKind = clue.ProposedKind,
            Reason = clue.Reason,
            CreateTime = shown.Created.ToTimestamp(),
            UpdateTime = shown.Updated.ToTimestamp(),
        };
    }
}
