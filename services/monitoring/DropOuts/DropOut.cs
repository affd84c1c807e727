using System.Globalization;
using Governance.Monitoring.V1;

namespace Governance.Monitoring;

/// <summary>What was done in a month, which is given by its first day.</summary>
sealed record ProgressReport(DateOnly Month, string Text, DateOnly Reported);

/// <summary>A pupil who dropped out or is suspected to have (MON-18): one plan, one report a month, until the case is closed.</summary>
sealed record DropOut(Guid Id, Guid Member, Guid Household, string Division, DropOutSource Source, DateOnly Found, string Description)
{
    public DropOutState State { get; init; } = DropOutState.Open;

    public string ResponsiblePerson { get; init; } = "";

    public string Plan { get; init; } = "";

    public DropOutMethod Method { get; init; }

    /// <summary>The last day of the month after the one that was reported, or in which it was found.</summary>
    public DateOnly ReportDue { get; init; } = DueAfter(Found);

    public IReadOnlyList<ProgressReport> Reports { get; init; } = [];

    public DropOutOutcome Outcome { get; init; }

    public DateOnly? Closed { get; init; }

    public long Version { get; init; } = 1;

    public bool IsLate(DateOnly today) => State != DropOutState.Closed && ReportDue < today;

    /// <summary>What the registry says of the pupil once the case is closed.</summary>
    public SchoolStatus School => Outcome switch
    {
        DropOutOutcome.TaughtAtHome => SchoolStatus.TaughtAtHome,
        DropOutOutcome.LeftSchool => SchoolStatus.LeftSchool,
        _ => SchoolStatus.Enrolled,
    };

    public DropOut WithPlan(string responsible, string plan, DropOutMethod method)
    {
        Rules.CaseOpen.Require(State != DropOutState.Closed);
        return Next(this with { State = DropOutState.Planned, ResponsiblePerson = responsible, Plan = plan, Method = method });
    }

    public DropOut Report(DateOnly month, string text, DateOnly today)
    {
        Rules.CaseOpen.Require(State != DropOutState.Closed);
        Rules.CasePlanned.Require(State == DropOutState.Planned);
        Rules.ReportMonth.Require(month >= FirstOf(Found) && month <= today, Month(Found), Month(today));
        Rules.ReportOnce.Require(Reports.All(report => report.Month != month), Month(month));
        var due = DueAfter(month);
        return Next(this with { Reports = [.. Reports, new ProgressReport(month, text, today)], ReportDue = due > ReportDue ? due : ReportDue });
    }

    /// <summary>The case is over. Who <paramref name="mustAttend"/> does not leave school: nobody drops out of compulsory schooling.</summary>
    public DropOut Close(DropOutOutcome outcome, bool mustAttend, DateOnly today)
    {
        Rules.CaseOpen.Require(State != DropOutState.Closed);
        Rules.StillAtSchoolAge.Require(outcome != DropOutOutcome.LeftSchool || !mustAttend);
        return Next(this with { State = DropOutState.Closed, Outcome = outcome, Closed = today });
    }

    public static string Month(DateOnly day) => day.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    static DateOnly FirstOf(DateOnly day) => new(day.Year, day.Month, 1);

    static DateOnly DueAfter(DateOnly day) => FirstOf(day).AddMonths(2).AddDays(-1);

    static DropOut Next(DropOut changed) => changed with { Version = changed.Version + 1 };
}
