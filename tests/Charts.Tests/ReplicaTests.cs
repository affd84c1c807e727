using System.Text;
using Governance.Support;
using Grpc.Net.Client;
using Xunit;

namespace Governance.Charts.Tests;

/// <summary>Services run as their charts say: with that configuration and no other, and several of one on one database.</summary>
public sealed class ReplicaTests
{
    const int Count = 120;

    // Who holds the lock of a worker: each replica's connections carry its name.
    const string RelayHolder =
        """
        select application_name from pg_locks join pg_stat_activity using (pid)
        where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
          and (classid::bigint << 32) | objid::bigint = hashtextextended('worker:relay', 0)
        """;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_replica_is_replaced_by_the_other_and_no_event_is_lost_or_takes_effect_twice()
    {
        var identity = await TestIdentity.Shared;
        await using var sidecar = await RecordingSidecar.Start();
        await using var organizations = await TestDatabase.Create("organizations");
        await using var monitoring = await TestDatabase.Create("monitoring");
        var sidecarPort = new Uri(sidecar.Url).Port;
        var objects = await Rendered.Set($"global.identity.url={identity.Url}");
        Pod[] replicas =
        [
            await Pod.Start(objects, "organizations", Cluster.For("organizations", organizations.Connections, sidecarPort, "replica-0")),
            await Pod.Start(objects, "organizations", Cluster.For("organizations", organizations.Connections, sidecarPort, "replica-1")),
        ];
        await using var listener = await Pod.Start(objects, "monitoring", Cluster.For("monitoring", monitoring.Connections, sidecarPort));
        try
        {
            using var http = new HttpClient { BaseAddress = listener.HttpAddress };
            var callers = replicas.Select(replica => GrpcChannel.ForAddress(replica.GrpcAddress)).ToArray();
            var officer = new Officer(identity);
            await officer.ImportDivisions(callers[0]);

            var killed = -1;
            for (var number = 0; number < Count; number++)
            {
                if (number == Count / 2)
                {
                    await Eventually(async () => (await organizations.Query<string>(RelayHolder)).Count == 1);
                    killed = (await organizations.Query<string>(RelayHolder))[0][^1] - '0';
                    replicas[killed].Kill();
                }
                // As the gateway would spread the calls.
                await officer.Register(callers[number % 2 == killed ? 1 - killed : number % 2], number);
            }

            await Eventually(async () => (await organizations.Query<long>("select count(*) from outbox where sent_time is null"))[0] == 0);
            Assert.Equal([$"replica-{1 - killed}"], await organizations.Query<string>(RelayHolder));

            // What the relay sent once more, because the one before it died between sending and noting, is the same event.
            var told = await organizations.Query<string>("select id::text from outbox");
            var taken = sidecar.Taken.ToArray();
            Assert.Equal(told.Order(StringComparer.Ordinal), taken.Select(IdOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
            foreach (var subject in taken.DistinctBy(IdOf).GroupBy(published => published.Subject, StringComparer.Ordinal))
                Assert.Equal(subject.Select(published => published.Sequence).Order(), subject.Select(published => published.Sequence));

            // The listener is told all of it, some of it more than once, and knows each thing once.
            foreach (var published in taken.Concat(taken.TakeLast(20)))
                await Deliver(http, published);
            Assert.Equal([(long)Count], await monitoring.Query<long>("select count(*) from directory_settlements"));
            Assert.Equal(
                await organizations.Query<long>("select count(*) from outbox where type ~ '(Division|Settlement)Changed$'"),
                await monitoring.Query<long>("select count(*) from inbox"));
        }
        finally
        {
            foreach (var replica in replicas)
                await replica.DisposeAsync();
        }

        static string IdOf(Published published) => published.Event.GetProperty("id").GetString()!;
    }

    static async Task Deliver(HttpClient listener, Published published)
    {
        using var content = new StringContent(published.Event.GetRawText(), Encoding.UTF8, "application/cloudevents+json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events/organizations") { Content = content };
        request.Headers.TryAddWithoutValidation("dapr-api-token", "test");
        using var answer = await listener.SendAsync(request, Cancellation);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
    }

    static async Task Eventually(Func<Task<bool>> holds)
    {
        for (var started = System.Diagnostics.Stopwatch.StartNew(); !await holds();)
            Assert.True(started.Elapsed < TimeSpan.FromSeconds(60), "It did not come about within a minute.");
    }
}
