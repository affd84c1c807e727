using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>What one rule did in a run.</summary>
sealed record RuleOutcome(string Rule, int Fired, int Raised, int Lapsed);

/// <summary>A run of screening, by hand or by itself.</summary>
sealed record ScreeningRun(Guid Id, string Division, DateTimeOffset Start, bool Scheduled, int Households)
{
    public IReadOnlyList<RuleOutcome> Rules { get; init; } = [];

    /// <summary>Every policy value that was applied somewhere in the division.</summary>
    public IReadOnlyList<PolicyCitation> Citations { get; init; } = [];

    /// <summary>Screens a division by today's policies and makes clues of what is found.</summary>
    public static async Task<ScreeningRun> Run(Transaction transaction, string division, PolicyBook policies, bool scheduled)
    {
        await transaction.Screen(division, policies, transaction.Today);
        var fired = await transaction.CountFindings();
        var raised = await transaction.RaiseClues(ClueSource.Screening, policies);
        var lapsed = await transaction.LapseClues(ClueSource.Screening, division);
        var run = new ScreeningRun(Guid.CreateVersion7(transaction.Now), division, transaction.Now, scheduled, await transaction.CountHouseholds(division))
        {
            Rules =
            [
                .. ClueRules.Screening.Select(rule => rule.Rule.Code)
                    .Select(rule => new RuleOutcome(rule, CountOf(fired, rule), CountOf(raised, rule), CountOf(lapsed, rule))),
            ],
            Citations = AppliedIn(division, policies, transaction.Today),
        };
        await transaction.Insert(run);
        return run;
    }

    static int CountOf(List<RuleCount> counts, string rule) => counts.Find(count => count.Rule == rule)?.Count ?? 0;

    /// <summary>What the division's own policy says, and what those of divisions below it say otherwise.</summary>
    static List<PolicyCitation> AppliedIn(string division, PolicyBook policies, DateOnly date) =>
    [
        .. policies.Places(date, ClueRules.Policies).Where(place => place.StartsWith(division, StringComparison.Ordinal)).Prepend(division)
            .SelectMany(place => ClueRules.Screening.Select(rule => rule.Cite(policies, place, date))).Distinct(),
    ];
}
