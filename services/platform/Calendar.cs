using System.Globalization;

namespace Governance.Platform;

/// <summary>Dates and deadlines are days in Asia/Shanghai, which has had no daylight saving time since 1991: always UTC+8.</summary>
public static class Calendar
{
    static readonly TimeSpan _offset = TimeSpan.FromHours(8);

    /// <summary>The calendar day on which <paramref name="instant"/> falls.</summary>
    public static DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.ToOffset(_offset).DateTime);

    /// <summary>The instant at which <paramref name="day"/> begins.</summary>
    public static DateTimeOffset StartOf(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), _offset).ToUniversalTime();

    /// <summary>The day as contracts write it, yyyy-MM-dd; empty for none.</summary>
    public static string Format(DateOnly? day) => day?.ToString("O", CultureInfo.InvariantCulture) ?? "";
}
