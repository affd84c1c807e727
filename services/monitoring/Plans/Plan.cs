using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>One measure of a plan; its result is set once.</summary>
sealed record Measure(Guid Id, MeasureKind Kind, string Description, string ResponsiblePerson, DateOnly Start)
{
    /// <summary>What exactly is done, by the words that policy has for it, in their order.</summary>
    public SortedDictionary<string, string> Details { get; init; } = [];

    /// <summary>The policy that says what it names; <c>null</c> when there was none yet.</summary>
    public PolicyCitation? Citation { get; init; }

    /// <summary>The measure once it names all that policy asks of its kind.</summary>
    public Measure Named(PolicyValue<string> asked)
    {
        var missing = MeasureDetails.Split(asked.Value).Except(Details.Keys, StringComparer.Ordinal).ToList();
        Rules.MeasureNames.Require(missing.Count == 0, MeasureDetails.TitleOf(Kind), MeasureDetails.TitleOf(missing));
        return this with { Citation = asked.Citation };
    }

    public string Result { get; init; } = "";

    public DateOnly? End { get; init; }
}

/// <summary>When a plan has to be entered, and the policy that says so.</summary>
sealed record PlanDue(DateOnly Date, PolicyCitation Citation);

/// <summary>
/// Targeted help for a monitored household (MON-08). <paramref name="Due"/> is missing for a household that was monitored before it was
/// registered here.
/// </summary>
sealed record Plan(Guid Id, Guid Household, string Division, string ResponsiblePerson, string Goal, PlanDue? Due, DateOnly Entered)
{
    public IReadOnlyList<Measure> Measures { get; init; } = [];

    public DateOnly? Closed { get; init; }

    public long Version { get; init; } = 1;

    /// <summary>Whether it was entered after its day.</summary>
    public bool IsOverdue => Due is not null && Entered > Due.Date;

    public Plan Add(Measure measure)
    {
        Rules.PlanOpen.Require(Closed is null);
        return Next(this with { Measures = [.. Measures, measure] });
    }

    /// <summary>Records how the measure <paramref name="id"/> ended.</summary>
    public Plan End(Guid id, string result, DateOnly end, DateOnly today)
    {
        Rules.PlanOpen.Require(Closed is null);
        var measure = Measures.Single(other => other.Id == id);
        Rules.MeasureRunning.Require(measure.End is null);
        Rules.MeasureEnds.Require(end >= measure.Start && end <= today, Calendar.Format(measure.Start));
        return Next(this with { Measures = [.. Measures.Select(other => other.Id == id ? other with { Result = result,
            End = end } : other)] });
    }

    static Plan Next(Plan changed) => changed with { Version = changed.Version + 1 };
}
