using Governance.Platform;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>A figure of the county or of one of its townships.</summary>
sealed record BriefingFigure(string Part, string Figure, long Value, long? Before);

/// <summary>
/// A county's briefing of a month, given by its first day, and the meeting over it (MON-10). The figures are those of the day on which it
/// was made.
/// </summary>
sealed record Briefing(Guid Id, string Division, DateOnly Month, DateOnly Created, Common.V1.PolicyCitation Citation)
{
    public IReadOnlyList<BriefingFigure> Figures { get; init; } = [];

    public DateOnly? Held { get; init; }

    public string Minutes { get; init; } = "";

    public long Version { get; init; } = 1;

    /// <summary>Whether the meeting was held after its month.</summary>
    public bool HeldLate => Held >= Month.AddMonths(1);

    /// <summary>The briefing of a month; <paramref name="firstDay"/> is the day of the month from which the meeting may be held.</summary>
    public static Briefing Create(Guid id, string division, DateOnly month, DateOnly today, PolicyValue<int> firstDay)
    {
        Rules.BriefingOfCounty.Require(division.Length == 6);
        var first = month.AddDays(firstDay.Value - 1);
        Rules.MeetingDays.Require(today >= first, Calendar.Format(first));
        return new Briefing(id, division, month, today, firstDay.Citation);
    }

    public Briefing Hold(DateOnly held, string minutes, DateOnly today)
    {
        Rules.MeetingOnce.Require(Held is null, Calendar.Format(Held));
        Rules.MeetingDate.Require(held >= Created && held <= today, Calendar.Format(Created));
        return this with { Held = held, Minutes = minutes, Version = Version + 1 };
    }
}
