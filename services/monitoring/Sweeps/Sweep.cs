using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>When the next sweep is due and by which policy.</summary>
sealed record NextSweep(DateOnly Due, PolicyCitation Citation);

/// <summary>How many households of a sweep, by what was made of the visit.</summary>
sealed record SweepCount(string Division, Guid? Grid, int Households, int Waiting, int Visited, int Absent, int Excused, int AtRisk);

/// <summary>A check of every household of a division from house to house, in a period (MON-06).</summary>
sealed record Sweep(Guid Id, string Division, string Title, DateOnly Opened, DateOnly Until)
{
    public DateOnly? Closed { get; init; }

    public NextSweep? Next { get; init; }

    public long Version { get; init; } = 1;

    public bool IsOverdue(DateOnly today) => Closed is null && Until < today;

    public void RequireOn() => Rules.SweepOn.Require(Closed is null);

    /// <summary>Everybody was visited or excused; <paramref name="days"/> is the policy for the next time.</summary>
    public Sweep Close(SweepCount count, DateOnly today, PolicyValue<int> days)
    {
        RequireOn();
        Rules.AllVisited.Require(count.Waiting + count.Absent == 0, count.Waiting, count.Absent);
        return this with { Closed = today, Next = new NextSweep(today.AddDays(days.Value), days.Citation), Version = Version + 1 };
    }
}

/// <summary>A household's visit in a sweep.</summary>
sealed record Visit(Guid Sweep, Guid Household, string Division, Guid? Grid, string Worker, VisitState State)
{
    public DateOnly? Date { get; init; }

    public string Note { get; init; } = "";

    public bool AtRisk { get; init; }

    public Guid? Clue { get; init; }

    /// <summary>What was made of it; what was visited stays.</summary>
    public Visit Record(VisitState state, DateOnly date, string note, bool atRisk)
    {
        Rules.VisitedAlready.Require(State != VisitState.Visited, Calendar.Format(Date));
        return this with { State = state, Date = date, Note = note, AtRisk = atRisk };
    }
}

/// <summary>A household that a sweep found and that was not registered; <paramref name="Household"/> is what it was registered as.</summary>
sealed record Unregistered(Guid Id, Guid Sweep, string Division, string Description, DateOnly Found, Guid? Household);
