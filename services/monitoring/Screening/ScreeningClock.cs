using System.Diagnostics.Metrics;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Microsoft.Extensions.Logging;

namespace Governance.Monitoring;

/// <summary>
/// Screens every county by itself, at the hour and after the days that policy says, each in a transaction of its own: one that fails keeps no
/// other from its night and is tried again every time.
/// </summary>
sealed class ScreeningClock(Database database, PolicyBook policies, TimeProvider time, ILogger<ScreeningClock> log)
    : Clock("screening clock", TimeSpan.FromMinutes(10), database, time, log)
{
    static readonly Counter<long> _failed = Telemetry.Meter.CreateCounter<long>("governance.screening.failed", "{run}", "Screenings of a county that broke off.");

    /// <summary>Screens the counties whose time has come.</summary>
    public override async Task Tick(CancellationToken cancellation)
    {
        var counties = await Database.TransactAsSystem("screening", transaction => transaction.CountiesToScreen(), cancellation);
        foreach (var (county, since) in counties.Where(county => IsDue(county.County, county.Since)))
        {
            try
            {
                await Database.TransactAsSystem("screening", transaction => ScreeningRun.Run(transaction, county, policies, scheduled: true), cancellation);
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested)
            {
                log.LogError(exception, "County {County} could not be screened and will be tried again", county);
                _failed.Add(1, new KeyValuePair<string, object?>("service", Database.Service), new("county", county));
            }
        }
    }

    /// <summary>A run or a registration on one day is followed by a run so many days later, so a new county is screened the next night.</summary>
    bool IsDue(string county, DateTimeOffset since)
    {
        var now = Time.GetUtcNow();
        var days = policies.Get(MonitoringPolicies.ScreeningInterval, county, Calendar.DateOf(now)).Value;
        var hour = policies.Get(MonitoringPolicies.ScreeningHour, county, Calendar.DateOf(now)).Value;
        return days > 0 && Calendar.StartOf(Calendar.DateOf(since).AddDays(days)).AddHours(hour) <= now;
    }
}
