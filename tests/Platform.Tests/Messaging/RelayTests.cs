using Dapr.Client;
using Governance.Common.V1;
using Governance.Platform.Messaging;
using Governance.Platform.Tests.Data;
using Governance.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Governance.Platform.Tests.Messaging;

public sealed class RelayTests : IAsyncLifetime
{
    readonly List<Relay> _relays = [];
    PlatformDatabase _platform = null!;
    RecordingSidecar _sidecar = null!;
    DaprClient _dapr = null!;

    public async ValueTask InitializeAsync()
    {
        _platform = await PlatformDatabase.Create();
        _sidecar = await RecordingSidecar.Start();
        _dapr = new DaprClientBuilder().UseHttpEndpoint(_sidecar.Url).Build();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays)
        {
            await relay.StopAsync(CancellationToken.None);
            relay.Dispose();
        }
        _dapr.Dispose();
        await _sidecar.DisposeAsync();
        await _platform.DisposeAsync();
    }

    [Fact]
    public async Task Events_leave_once_and_in_order_per_subject_as_finished_cloud_events()
    {
        await StartRelay();
        for (var sequence = 1; sequence <= 30; sequence++)
            await Publish(sequence, [.. Enumerable.Range(0, 40).Select(subject => $"subject-{subject}")]);
        await Until(() => _sidecar.Taken.Count >= 1200);
        await Until(async () => (await _platform.Tables.Query<long>("select sequence from outbox where sent_time is null")).Count == 0);
        foreach (var subject in _sidecar.Taken.GroupBy(published => published.Subject, StringComparer.Ordinal))
            Assert.Equal(Enumerable.Range(1, 30).Select(number => (long)number), subject.Select(published => published.Sequence));

        var one = _sidecar.Taken.First();
        Assert.Equal("/v1.0/publish/pubsub/platform", one.Path);
        Assert.Equal("application/cloudevents+json", one.ContentType);
        Assert.Equal(one.Subject, one.PartitionKey);
        Assert.Equal("governance.common.v1.AuditEntry", one.Event.GetProperty("type").GetString());
        Assert.Equal("/governance/platform", one.Event.GetProperty("source").GetString());
        Assert.Equal("61", one.Event.GetProperty("division").GetString());
        Assert.Equal("1.0", one.Event.GetProperty("specversion").GetString());
        Assert.Equal(1200,
            _sidecar.Taken.Select(published => published.Event.GetProperty("id").GetString()).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task An_event_that_is_refused_again_and_again_is_parked_and_holds_up_only_its_own_subject()
    {
        _sidecar.Refuse = published => published is { Subject: "bad", Sequence: 1 };
        await Publish(1, "bad", "good");
        await Publish(2, "bad", "good");
        await StartRelay();
        await Until(() => _sidecar.Taken.Count(published => published.Subject == "good") == 2);
        Assert.DoesNotContain(_sidecar.Asked, published => published is { Subject: "bad", Sequence: 2 });

        var good = 2;
        await Until(async () =>
        {
            await PassTime();
            await Publish(++good, "good");
            return (await _platform.Tables.Query<string>("select subject from outbox where parked_time is not null")).Count == 1;
        });
        await Until(() => _sidecar.Taken.Any(published => published is { Subject: "bad", Sequence: 2 }));
        Assert.True(_sidecar.Asked.Count(published => published is { Subject: "bad", Sequence: 1 }) >= 12);
        Assert.StartsWith("500",
            Assert.Single(await _platform.Tables.Query<string>("select error from outbox where parked_time is not null")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_nothing_gets_through_nothing_is_parked_and_all_of_it_leaves_in_order_afterwards()
    {
        _sidecar.Refuse = _ => true;
        await Publish(1, "a");
        await Publish(2, "a");
        await StartRelay();
        await Until(async () =>
        {
            await PassTime();
            return _sidecar.Asked.Count > 15;
        });
        Assert.Empty(await _platform.Tables.Query<long>("select sequence from outbox where parked_time is not null"));
        _sidecar.Refuse = _ => false;
        await Until(async () =>
        {
            await PassTime();
            return _sidecar.Taken.Count == 2;
        });
        Assert.Equal([1, 2], _sidecar.Taken.Select(published => published.Sequence));
    }

    [Fact]
    public async Task A_sidecar_that_is_down_counts_against_no_event()
    {
        _sidecar.Healthy = false;
        _sidecar.Refuse = _ => true;
        await Publish(1, "a", "b");
        await StartRelay();
        await Until(() => _sidecar.Asked.Count >= 4);
        // After the first try one of them asks for both.
        Assert.Single(_sidecar.Asked.Skip(2).DistinctBy(published => published.Subject));
        Assert.Equal([0, 0], await _platform.Tables.Query<int>("select attempts from outbox"));
        _sidecar.Refuse = _ => false;
        _sidecar.Healthy = true;
        await Until(() => _sidecar.Taken.Count == 2);
    }

    [Fact]
    public async Task One_replica_sends_and_another_goes_on_when_its_connection_is_killed()
    {
        await StartRelay();
        await Publish(1, "a");
        await Until(() => _sidecar.Taken.Count == 1);
        await StartRelay();

        const string holder =
            "from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
        var before = Assert.Single(await _platform.Tables.Query<int>($"select pid {holder}"));
        await _platform.Tables.Execute($"select pg_terminate_backend(pid) {holder}");
        await Publish(2, "a");
        await Until(() => _sidecar.Taken.Any(published => published.Sequence == 2));
        Assert.NotEqual(before, Assert.Single(await _platform.Tables.Query<int>($"select pid {holder}")));
    }

    /// <summary>Lets the longest wait between two attempts pass and wakes the relay.</summary>
    Task PassTime()
    {
        _platform.Clock.Advance(TimeSpan.FromMinutes(6));
        return _platform.Tables.Execute("notify outbox");
    }

    async Task StartRelay()
    {
        var relay = new Relay(_platform.Database, _dapr, _platform.Clock, NullLogger<Relay>.Instance);
        _relays.Add(relay);
        await relay.StartAsync(TestContext.Current.CancellationToken);
    }

    Task Publish(long sequence, params string[] subjects) => _platform.As("61", transaction =>
    {
        foreach (var subject in subjects)
            transaction.Publish(new AuditEntry { Number = sequence }, subject, "61", sequence);
        return Task.CompletedTask;
    });

    Task Until(Func<bool> holds) => Until(async () =>
    {
        await Task.Yield();
        return holds();
    });

    static Task Until(Func<Task<bool>> holds) => PlatformDatabase.Eventually(holds);
}
