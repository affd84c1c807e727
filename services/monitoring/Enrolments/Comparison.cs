using Governance.Common.V1;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>A school term. <paramref name="Period"/> counts terms, so that the one before is one less.</summary>
readonly record struct Term(int Period)
{
    public Term(int schoolYear, int number) : this((schoolYear * 2) + number - 1)
    {
    }

    /// <summary>The year in which the school year begins.</summary>
    public int SchoolYear => Period / 2;

    /// <summary>1 or 2.</summary>
    public int Number => (Period % 2) + 1;

    /// <summary>The first day of the school year, on which a child must have come of age for it.</summary>
    public DateOnly FirstDay => new(SchoolYear, 9, 1);

    /// <summary>Terms begin in September and February.</summary>
    public static Term Of(DateOnly day) => day.Month switch
    {
        >= 9 => new(day.Year, 1),
        1 => new(day.Year - 1, 1),
        _ => new(day.Year - 1, 2),
    };
}

/// <summary>How many children there are of compulsory school age, and where they are.</summary>
sealed record ChildCount(int Children, int Enrolled, int Suspected, int Known);

/// <summary>A comparison of a term's registers with the children of a division (MON-18).</summary>
sealed record Comparison(Guid Id, string Division, Term Term, DateOnly Compared, ChildCount Count, IReadOnlyList<PolicyCitation> Citations);

/// <summary>The birthdays between which children are of compulsory school age, both included, and the policies that say so.</summary>
sealed record SchoolAge(DateOnly BornFrom, DateOnly BornUntil, IReadOnlyList<PolicyCitation> Citations)
{
    public static SchoolAge Of(PolicyBook policies, string division, Term term)
    {
        var age = policies.Get(MonitoringPolicies.SchoolAge, division, term.FirstDay);
        var years = policies.Get(MonitoringPolicies.CompulsorySchooling, division, term.FirstDay);
        return new SchoolAge(term.FirstDay.AddYears(-age.Value - years.Value).AddDays(1), term.FirstDay.AddYears(-age.Value), [age.Citation, years.Citation]);
    }
}
