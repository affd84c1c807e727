using System.Diagnostics.Metrics;
using Dapr.Client;
using Governance.Platform.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Governance.Platform.Messaging;

/// <summary>
/// Sends what stands in the outbox: in order per subject, several subjects at a time, at least once. What the broker refuses
/// again and again is parked, so that it blocks nobody, and stays in sight as a metric and a row.
/// </summary>
public sealed class Relay(Database database, DaprClient dapr, TimeProvider time, ILogger<Relay> log) : SingleWorker("relay", database, time, log)
{
    const int BatchSize = 512;
    const int SubjectsInFlight = 32;
    const int AttemptsBeforeParking = 12;

    static readonly TimeSpan _longestBackoff = TimeSpan.FromMinutes(5);
    static readonly Counter<long> _sent = Telemetry.Meter.CreateCounter<long>("governance.outbox.sent", "{event}", "Events that the sidecar took.");
    static readonly Counter<long> _parked = Telemetry.Meter.CreateCounter<long>("governance.outbox.parked", "{event}", "Events given up for the time being.");

    DateTimeOffset _lastSent;

    // While the sidecar is down one event asks for all.
    int _batch = BatchSize;

    sealed record Waiting(long Sequence, string Subject, string Event, int Attempts);

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        await using (var listen = new NpgsqlCommand("listen outbox", connection))
            await listen.ExecuteNonQueryAsync(stopping);
        while (true)
        {
            var outcome = await SendBatch(connection, stopping);
            if (outcome == Outcome.SidecarDown)
                await Task.Delay(TimeSpan.FromMilliseconds(500), Time, stopping);
            else if (outcome == Outcome.Empty)
                // Woken by a commit; now and then also by the clock, for events whose next attempt is due.
                await connection.WaitAsync(TimeSpan.FromSeconds(2), stopping);
        }
    }

    enum Outcome
    {
        Sent,
        Empty,
        SidecarDown,
    }

    async Task<Outcome> SendBatch(NpgsqlConnection connection, CancellationToken stopping)
    {
        var waiting = await Next(connection, stopping);
        if (waiting.Count == 0)
            return Outcome.Empty;

        var sent = new List<long>(waiting.Count);
        var failed = new List<(Waiting Row, Exception Error)>();
        await Parallel.ForEachAsync(
            waiting.GroupBy(row => row.Subject, StringComparer.Ordinal),
            new ParallelOptions { MaxDegreeOfParallelism = SubjectsInFlight, CancellationToken = stopping },
            async (subject, cancellation) =>
            {
                foreach (var row in subject)
                {
                    try
                    {
                        await Dapr.Publish(dapr, Database.Service, row.Subject, row.Event, cancellation);
                        lock (sent)
                            sent.Add(row.Sequence);
                    }
                    catch (Exception exception) when (!cancellation.IsCancellationRequested)
                    {
                        lock (failed)
                            failed.Add((row, exception));
                        // The subject's later events wait for this one.
                        return;
                    }
                }
            });

        if (sent.Count > 0)
        {
            _lastSent = Time.GetUtcNow();
            await Run(connection, "update outbox set sent_time = $2, error = null where sequence = any($1)", stopping, sent, _lastSent);
            _sent.Add(sent.Count, new KeyValuePair<string, object?>("service", Database.Service));
        }
        // A sidecar that is down is nobody's poison: nothing is counted against the events, they just wait.
        var down = failed.Count > 0 && !await dapr.CheckOutboundHealthAsync(stopping);
        _batch = down ? 1 : BatchSize;
        if (down)
            return Outcome.SidecarDown;
        foreach (var (row, error) in failed)
            await Refused(connection, row, error, stopping);
        return Outcome.Sent;
    }

    async Task<List<Waiting>> Next(NpgsqlConnection connection, CancellationToken stopping)
    {
        await using var command = new NpgsqlCommand(
            """
            select sequence, subject, cloud_event(outbox, $3), attempts from outbox
            where sent_time is null and parked_time is null
              and subject not in (select subject from outbox where next_attempt > $2 and sent_time is null and parked_time is null)
            order by sequence limit $1
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = _batch });
        command.Parameters.Add(new NpgsqlParameter { Value = Time.GetUtcNow() });
        command.Parameters.Add(new NpgsqlParameter { Value = Database.Service });
        await using var reader = await command.ExecuteReaderAsync(stopping);
        var rows = new List<Waiting>();
        while (await reader.ReadAsync(stopping))
            rows.Add(new Waiting(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3)));
        return rows;
    }

    async Task Refused(NpgsqlConnection connection, Waiting row, Exception error, CancellationToken stopping)
    {
        var attempts = row.Attempts + 1;
        var now = Time.GetUtcNow();
        // While nothing gets through, the broker is to blame and not the event.
        var park = attempts >= AttemptsBeforeParking && now - _lastSent <= _longestBackoff;
        var backoff = TimeSpan.FromMilliseconds(Math.Min(250 * Math.Pow(2, attempts), _longestBackoff.TotalMilliseconds));
        await Run(connection, "update outbox set attempts = $2, next_attempt = $3, parked_time = $4, error = $5 where sequence = $1", stopping,
            row.Sequence, attempts, now + backoff, park ? now : null, error.GetBaseException().Message);
        if (!park)
            return;
        _parked.Add(1, new KeyValuePair<string, object?>("service", Database.Service));
        log.LogError(error, "Event {Sequence} was refused {Attempts} times and is parked", row.Sequence, attempts);
    }

    static async Task Run(NpgsqlConnection connection, string sql, CancellationToken stopping, params object?[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        await command.ExecuteNonQueryAsync(stopping);
    }
}
