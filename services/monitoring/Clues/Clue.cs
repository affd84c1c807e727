using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>
/// A sign that a household may fall into poverty. It waits for a visit, which refutes it or finds it true; found true, it is
/// identified by a procedure. The clock of MON-04 runs from the day on which it was found.
/// </summary>
sealed record Clue(Guid Id, Guid Household, string Division, ClueSource Source, DateOnly Found, DateOnly Due, PolicyCitation DueCitation)
{
    public string Description { get; init; } = "";

    /// <summary>The screening rule that fired; empty for a clue that people or other services reported.</summary>
    public string Rule { get; init; } = "";

    /// <summary>The facts of the household that made the rule fire, as JSON.</summary>
    public string Evidence { get; init; } = "{}";

    public IReadOnlyList<Aggravation> Aggravations { get; init; } = [];

    /// <summary>The threshold that screening applied.</summary>
    public PolicyCitation? Citation { get; init; }

    public ClueState State { get; init; } = ClueState.Open;

    public Guid? Procedure { get; init; }

    public MonitoredKind ProposedKind { get; init; }

    public string Reason { get; init; } = "";

    public long Version { get; init; } = 1;

    /// <summary>A clue that somebody reports; <paramref name="days"/> is the policy of MON-04.</summary>
    public static Clue Report(Guid id, Guid household, string division, ClueSource source, string description, DateOnly found,
        PolicyValue<int> days)
    {
        Rules.SourceReported.Require(source is ClueSource.SelfDeclaration or ClueSource.Sweep or ClueSource.Department or ClueSource.Disaster);
        return new Clue(id, household, division, source, found, found.AddDays(days.Value), days.Citation) { Description = description };
    }

    /// <summary>The household was monitored already when it was found: what to do about it belongs into its plan.</summary>
    public Clue OfMonitored() => this with { State = ClueState.Identified };

    /// <summary>A visit found it true; <paramref name="procedure"/> identifies.</summary>
    public Clue Verify(MonitoredKind kind, Guid procedure)
    {
        RequireOpen();
        return Next(this with { State = ClueState.Verified, ProposedKind = kind, Procedure = procedure });
    }

    /// <summary>A visit found it untrue.</summary>
    public Clue Refute(string reason)
    {
        RequireOpen();
        return Next(this with { State = ClueState.Refuted, Reason = reason });
    }

    /// <summary>The procedure ended: the household is monitored, or the clue is refuted.</summary>
    public Clue Decide(bool identified) => Next(this with { State = identified ? ClueState.Identified : ClueState.Refuted });

    /// <summary>Throws unless the clue still waits for a visit.</summary>
    public void RequireOpen() => Rules.ClueOpen.Require(State == ClueState.Open);

    /// <summary>Whether the last day for identification went by and nothing is decided.</summary>
    public bool IsOverdue(DateOnly today) => State is ClueState.Open or ClueState.Verified && Due < today;

    public ClueRaised Raised() => new()
    {
        ClueId = Id.ToString(),
        HouseholdId = Household.ToString(),
        Source = Source,
        Rule = Rule,
        FoundDate = Calendar.Format(Found),
        DueDate = Calendar.Format(Due),
    };

    public ClueRefuted Refuted() => new() { ClueId = Id.ToString(), HouseholdId = Household.ToString(), Rule = Rule };

    static Clue Next(Clue changed) => changed with { Version = changed.Version + 1 };
}
