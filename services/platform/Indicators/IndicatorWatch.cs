using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Microsoft.Extensions.Logging;

namespace Governance.Platform.Indicators;

/// <summary>
/// Tells of every county in which an indicator is under its target, once a calendar month: what is missing surfaces by itself. A target
/// that is to be reached by a day is missed only after that day.
/// </summary>
public sealed class IndicatorWatch(
    Database database, PolicyBook policies, IEnumerable<Indicator> indicators, TimeProvider time, ILogger<IndicatorWatch> log)
    // A figure is an aggregate over all that is counted, and a month is long.
    : Clock("indicators", TimeSpan.FromHours(6), database, time, log)
{
    static readonly int _digits = Divisions.DigitsOf(Level.County);

    /// <summary>Tells of what is under its target now and was not told this month.</summary>
    public override async Task Tick(CancellationToken cancellation)
    {
        foreach (var indicator in indicators)
            await Database.TransactAsSystem("indicators.watch", transaction => Tell(transaction, indicator), cancellation);
    }

    async Task Tell(Transaction transaction, Indicator indicator)
    {
        var today = transaction.Today;
        var month = new DateOnly(today.Year, today.Month, 1);
        var missed = (await indicator.Measure(transaction, policies, "", _digits)).FindAll(measured =>
            measured.Division.Length == _digits && !measured.Reaches(Target(measured)) && !(Due(measured) >= today));
        var news = await transaction.TellUnderTarget(indicator.Id, month, [.. missed.Select(measured => measured.Division)]);
        foreach (var measured in missed.Where(measured => news.Contains(measured.Division)))
        {
            transaction.Publish(new IndicatorUnderTarget
            {
                IndicatorId = indicator.Id,
                Division = measured.Division,
                Month = month.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture),
                Numerator = measured.Numerator,
                Denominator = measured.Denominator,
                Target = (double)Target(measured),
                DueDate = Calendar.Format(Due(measured)),
            }, $"{indicator.Id}/{measured.Division}", measured.Division, (month.Year * 12) + month.Month);
        }

        decimal Target(Measurement measured) => policies.Get(indicator.Target, measured.Division, today).Value;

        DateOnly? Due(Measurement measured) => indicator.Due is null ? null : policies.Get(indicator.Due, measured.Division, today).Value;
    }
}
