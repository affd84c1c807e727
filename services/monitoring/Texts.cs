using System.Globalization;

namespace Governance.Monitoring;

/// <summary>How values are written in sentences.</summary>
static class Texts
{
    /// <summary>Fen as yuan with two decimals, e.g. 8000.00.</summary>
    public static string Yuan(long fen) => (fen / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>A day as official documents write it (GB/T 9704), e.g. 2024年4月1日.</summary>
    public static string Day(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{day.Year}年{day.Month}月{day.Day}日");

    /// <summary>The day that a contract's field holds.</summary>
    public static DateOnly ParseDay(string day) => DateOnly.ParseExact(day, "O", CultureInfo.InvariantCulture);
}
