using System.Collections.Frozen;

namespace Governance.Platform.Policies;

/// <summary>One day of which a policy file says whether people work on it, in the division that the file speaks for.</summary>
sealed record CalendarDay(string Division, DateOnly Day, bool Works);

/// <summary>
/// Working days: Monday to Friday, but for the public holidays and the weekends worked in exchange that the State Council names each
/// year, which the policy files hold. A division's own days beat those of the division above it.
/// </summary>
public sealed class WorkCalendar
{
    readonly FrozenDictionary<(string, DateOnly), bool> _said;

    internal WorkCalendar(IEnumerable<CalendarDay> days) => _said = days.ToFrozenDictionary(day => (day.Division, day.Day), day => day.Works);

    /// <summary>Weekends alone.</summary>
    public static WorkCalendar Weekdays { get; } = new([]);

    public bool IsWorkingDay(string division, DateOnly day)
    {
        for (var length = division.Length; length >= 0; length--)
        {
            if (_said.TryGetValue((division[..length], day), out var works))
                return works;
        }
        return day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
    }

    /// <summary>The <paramref name="count"/>th working day after <paramref name="day"/>, which itself does not count.</summary>
    public DateOnly After(string division, DateOnly day, int count)
    {
        while (count > 0)
        {
            day = day.AddDays(1);
            if (IsWorkingDay(division, day))
                count--;
        }
        return day;
    }
}
