using System.Diagnostics.Metrics;
using Governance.Platform;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Every county gets its night.</summary>
public sealed class ScreeningClockTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task A_county_that_fails_is_counted_and_tried_again_while_the_others_are_screened()
    {
        await monitoring.Register();
        var neighbour = monitoring.NewHousehold();
        (neighbour.Division, neighbour.SettlementId) = ("619902100001", "");
        await monitoring.Register(neighbour);
        // The first of the two, so that one that stopped at it would never come to the other.
        await monitoring.Database.Execute(
            """
            create function fail_on_purpose() returns trigger language plpgsql as $$ begin raise exception 'on purpose'; end $$;
            create trigger fail before insert on screening_runs for each row when (new.division = '619901') execute function fail_on_purpose();
            """);
        var failed = new List<string?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == Telemetry.Meter && instrument.Name == "governance.screening.failed")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => failed.Add((string?)tags.ToArray().Single(tag => tag.Key == "county").Value));
        listener.Start();

        monitoring.Clock.Advance(TimeSpan.FromDays(1));
        await Tick();
        Assert.Equal([MonitoringFixture.Neighbour], await Screened());
        Assert.Equal([MonitoringFixture.County], failed);
        await Tick();
        Assert.Equal([MonitoringFixture.Neighbour], await Screened());
        Assert.Equal([MonitoringFixture.County, MonitoringFixture.County], failed);

        await monitoring.Database.Execute("drop trigger fail on screening_runs");
        await Tick();
        Assert.Equal([MonitoringFixture.County, MonitoringFixture.Neighbour], await Screened());
        Assert.Equal(2, failed.Count);

        Task Tick() => monitoring.Services.GetRequiredService<ScreeningClock>().Tick(TestContext.Current.CancellationToken);
        Task<List<string>> Screened() => monitoring.Database.Query<string>("select division from screening_runs order by division");
    }
}
