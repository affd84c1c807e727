using System.Diagnostics.Metrics;
using Governance.Platform.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Governance.Platform.Messaging;

/// <summary>
/// Measures what waits: events to be sent, parked ones, dead letters, overdue steps. One replica measures and tells, so that a sum
/// over replicas is right; when it goes, another begins.
/// </summary>
sealed class Backlog : SingleWorker
{
    static readonly TimeSpan _interval = TimeSpan.FromSeconds(15);

    // Of the same name as the suite's and this worker's own: its gauges end with it.
    internal Meter Meter { get; } = new(Telemetry.Meter.Name);

    volatile Measured? _latest;

    sealed record Measured(long Waiting, double Lag, long Parked, long DeadLetters, long OverdueSteps);

    public Backlog(Database database, TimeProvider time, ILogger<Backlog> log) : base("backlog", database, time, log)
    {
        Gauge("governance.outbox.waiting", "{event}", "Events that are still to be sent.", measured => measured.Waiting);
        Gauge("governance.outbox.lag", "s", "Age of the oldest event that is still to be sent.", measured => measured.Lag);
        Gauge("governance.parked.events", "{event}", "Events that the broker refused again and again.", measured => measured.Parked);
        Gauge("governance.dead.letters", "{event}", "Events that could not be taken in and were not replayed.", measured => measured.DeadLetters);
        Gauge("governance.overdue.steps", "{step}", "Open steps of procedures past their last day.", measured => measured.OverdueSteps);
    }

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await Measure(stopping);
                // Nobody notifies: this is a delay that ends with an exception when the connection, and so the lock, is lost.
                await connection.WaitAsync(_interval, stopping);
            }
        }
        finally
        {
            _latest = null;
        }
    }

    internal async Task Measure(CancellationToken cancellation) => _latest = await Database.TransactAsSystem("backlog", transaction => transaction.First(
        """
        select waiting, coalesce(extract(epoch from $1 - oldest), 0)::float8,
            (select count(*) from outbox where parked_time is not null),
            (select count(*) from dead_letters where replayed_time is null),
            (select count(*) from procedures where state = 1 and due_date < $2)
        from (select count(*) as waiting, min(created_time) as oldest from outbox where sent_time is null and parked_time is null) as outbox
        """,
        row => new Measured(row.GetInt64(0), row.GetDouble(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)),
        transaction.Now, transaction.Today), cancellation);

    public override void Dispose()
    {
        Meter.Dispose();
        base.Dispose();
    }

    void Gauge(string name, string unit, string description, Func<Measured, double> value) => Meter.CreateObservableGauge(
        name,
        () => _latest is { } latest ? [new Measurement<double>(value(latest), new KeyValuePair<string, object?>("service", Database.Service))] : Array.Empty<Measurement<double>>(),
        unit, description);
}
