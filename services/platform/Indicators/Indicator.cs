using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;

namespace Governance.Platform.Indicators;

/// <summary>How many of how many in a division.</summary>
public sealed record Measurement(string Division, long Numerator, long Denominator)
{
    /// <summary>The share; 0 when there is nothing to count.</summary>
    public double Value => Denominator == 0 ? 0 : (double)Numerator / Denominator;

    /// <summary>Whether at least <paramref name="target"/> of all is counted; so it is where there is nothing to count.</summary>
    public bool Reaches(decimal target) => Numerator >= target * Denominator;
}

/// <summary>
/// A share with a target from policy, for any division. Both functions are queries of a store and take what policy says and the division's prefix;
/// row-level security keeps them within the caller's scope. <paramref name="Measure"/> answers for every part of the division whose code
/// has as many digits as asked for, so that one pass measures a county or all of a province's counties alike; a part in which there is
/// nothing to count is left out. <paramref name="Rows"/> are what is counted and what is missing, in the order of their ids.
/// </summary>
public sealed record Indicator(
    string Id,
    Text Title,
    Policy<decimal> Target,
    Func<Transaction, PolicyBook, string, int, Task<List<Measurement>>> Measure,
    Func<Transaction, PolicyBook, string, Page, Task<List<IndicatorRow>>> Rows)
{
    /// <summary>The last day for reaching the target, where the target is one to come; without it the target holds always.</summary>
    public Policy<DateOnly>? Due { get; init; }
}
