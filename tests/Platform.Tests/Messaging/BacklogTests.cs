using System.Diagnostics.Metrics;
using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Messaging;
using Governance.Platform.Tests.Data;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Governance.Platform.Tests.Messaging;

public sealed class BacklogTests
{
    [Fact]
    public async Task What_waits_is_measured_and_told_until_the_worker_ends()
    {
        await using var platform = await PlatformDatabase.Create();
        await platform.As("61", transaction =>
        {
            foreach (var subject in (string[])["a", "b", "c"])
                transaction.Publish(new AuditEntry(), subject, "61", 1);
            return Task.CompletedTask;
        });
        await platform.Tables.Execute(
            """
            update outbox set parked_time = now() where subject = 'c';
            insert into dead_letters (event_id, topic, type, subject, division, event, received_time, replayed_time)
                select number::text, '', '', '', '61', '{}', now(), case when number = 1 then now() end from generate_series(1, 3) as number;
            insert into procedure_definitions (version, id, definition, citation) values ('1', 'x', '{}', '{}');
            insert into procedures (id, definition, definition_version, subject, division, since, start_time, state, current, opened, done,
                    actor_division, permission, waits, due_date, overdue_told, version)
                select gen_random_uuid(), 'x', '1', number::text, '61', '2024-01-01', now(), 1, 0, '{}', '{}', '61', '', true, date '2024-03-29' + number, true, 1
                from generate_series(1, 4) as number
            """);
        platform.Clock.Advance(TimeSpan.FromSeconds(90));

        using var backlog = new Backlog(platform.Database, platform.Clock, NullLogger<Backlog>.Instance);
        Assert.Empty(Gauges(backlog));
        await backlog.Measure(TestContext.Current.CancellationToken);
        var measured = Gauges(backlog);
        Assert.Equal(2, measured["governance.outbox.waiting"]);
        Assert.Equal(90, measured["governance.outbox.lag"], tolerance: 1);
        Assert.Equal(1, measured["governance.parked.events"]);
        Assert.Equal(2, measured["governance.dead.letters"]);
        // The clock stands at 2024-04-01: what was due on the 30th and the 31st is overdue, what is due today is not.
        Assert.Equal(2, measured["governance.overdue.steps"]);
    }

    [Fact]
    public async Task An_rpc_is_measured_by_method_and_status()
    {
        var service = new MessagingFixture();
        await service.InitializeAsync();
        try
        {
            var statuses = new List<string?>();
            using var listener = Listening(instrument => instrument is { Name: "governance.rpc.duration", Meter.Name: var meter } && meter == Telemetry.Meter.Name);
            listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
            {
                var told = tags.ToArray().ToDictionary(tag => tag.Key, tag => (string?)tag.Value, StringComparer.Ordinal);
                Assert.InRange(seconds, 0, 60);
                if (told["method"]!.EndsWith("/ReplayDeadLetter", StringComparison.Ordinal) && told["service"] == "platform")
                    statuses.Add(told["status"]);
            });
            listener.Start();
            var client = new Operations.OperationsClient(service.As("61", "dead-letters.manage"));
            await service.Post("/dead-letters", MessagingFixture.Event("measured", "610099", "示例"));
            await client.ReplayDeadLetterAsync(new() { EventId = "measured" });
            await Assert.ThrowsAsync<RpcException>(async () => await client.ReplayDeadLetterAsync(new() { EventId = "none" }));
            await Assert.ThrowsAsync<RpcException>(async () => await new Operations.OperationsClient(service.As("61")).ReplayDeadLetterAsync(new() { EventId = "none" }));
            Assert.Superset(new HashSet<string?> { "OK", "NotFound", "PermissionDenied" }, statuses.ToHashSet());
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    static Dictionary<string, double> Gauges(Backlog backlog)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        using var listener = Listening(instrument => instrument.Meter == backlog.Meter);
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => values[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }

    static MeterListener Listening(Predicate<Instrument> wanted) => new()
    {
        InstrumentPublished = (instrument, listener) =>
        {
            if (wanted(instrument))
                listener.EnableMeasurementEvents(instrument);
        },
    };
}
