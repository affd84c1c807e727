using System.Globalization;

namespace Governance.Bench;

/// <summary>Says a ratio, its budget, and whether it is kept.</summary>
static class Report
{
    /// <summary>How many budgets were missed so far.</summary>
    public static int Missed { get; private set; }

    public static void Figure(string what, double value, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"   {what,-58} {value,12:#,0.###} {unit}"));

    public static void AtLeast(string what, double ratio, double budget) => Judge(what, ratio, ratio >= budget, $"≥ {budget.ToString(CultureInfo.InvariantCulture)}");

    public static void AtMost(string what, double ratio, double budget) => Judge(what, ratio, ratio <= budget, $"≤ {budget.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Measures the two in turn, <paramref name="rounds"/> times after a warm-up, and answers with the medians.</summary>
    public static async Task<(double A, double B)> InTurn(int rounds, Func<Task<double>> a, Func<Task<double>> b)
    {
        await a();
        await b();
        var measured = new List<(double A, double B)>();
        for (var round = 0; round < rounds; round++)
            measured.Add((await a(), await b()));
        return (Median(measured.Select(pair => pair.A)), Median(measured.Select(pair => pair.B)));
    }

    public static async Task<double> Seconds(Func<Task> work)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
    }

    static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    static void Judge(string what, double ratio, bool kept, string budget)
    {
        if (!kept)
            Missed++;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $" {(kept ? '✓' : '✗')} {what,-58} {ratio,12:0.###}   budget {budget}"));
    }
}
