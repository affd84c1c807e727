using System.Text.Json.Nodes;
using Governance.Local.Demo;
using Governance.Support;
using Xunit;

namespace Governance.Journeys.Tests;

/// <summary>The demo's story while the suite's parts die under it.</summary>
public sealed class KillTests
{
    // Which part dies while which step is being told. PostgreSQL takes every part's connections with it.
    static readonly Dictionary<int, string> _victims = new()
    {
        [1] = "organizations", [3] = "monitoring", [5] = "sidecar", [6] = "postgres", [7] = "monitoring", [8] = "sidecar", [9] = "organizations", [10] = "gateway",
    };

    [Fact(Timeout = 600_000)]
    public async Task Kill_9_of_any_part_in_the_middle_of_the_story_loses_no_event_and_doubles_no_effect()
    {
        await using var suite = await SuiteOnThisMachine.Start();
        await using var subscriber = await Subscriber.Start(suite.SubscriberPort, suite.Secret("APP_API_TOKEN"));
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        var told = new List<string>();
        var api = new Api(http, suite.Gateway, suite.Identity, "governance", told.Add);
        var killings = new List<Task>();
        var story = new Story(api, subscriber, Path.Combine(Repository.Root, "services", "monitoring", "samples"), told.Add)
        {
            BeforeStep = async step =>
            {
                // One death at a time: what is tested is the way back from each.
                await Task.WhenAll(killings);
                if (_victims.TryGetValue(step, out var victim))
                    killings.Add(Task.Run(() => suite.KillAndRestart(victim)));
            },
        };
        try
        {
            await story.Tell();
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"The story broke off:\n{string.Join('\n', told.TakeLast(40))}", exception);
        }
        await Task.WhenAll(killings);

        foreach (var service in (string[])["organizations", "monitoring"])
        {
            var published = await ReadAll(api, service);
            // Nothing lost: whatever is in the feed comes to the subscriber.
            await Until(() => Task.FromResult(published.Keys.Except(subscriber.Events.Select(@event => @event.GetProperty("id").GetString()!), StringComparer.Ordinal).Any() ? "events are missing" : null));
            // Nothing doubled: no thing has two events of the same version.
            Assert.Empty(published.Values.GroupBy(@event => $"{@event["subject"]} {@event["sequence"]} {@event["type"]}", StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key));
            await Until(async () => await suite.Ask<long>(service, "select count(*) from outbox where sent_time is null") == 0 ? null : "the outbox is not empty");
            Assert.Equal(0L, await suite.Ask<long>(service, "select count(*) from dead_letters"));
        }
        await Until(async () => await suite.Ask<long>("monitoring", "select count(*) from directory_settlements") == await suite.Ask<long>("organizations", "select count(*) from settlements") ? null : "a directory is behind");
    }

    static async Task<Dictionary<string, JsonNode>> ReadAll(Api api, string service)
    {
        var events = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        var cursor = "";
        while (true)
        {
            var page = await api.Get("auditor.sun", $"/v1/{service}/events?limit=1000&after={cursor}");
            if (page["events"] is not JsonArray { Count: > 0 } items)
                return events;
            foreach (var @event in items)
                events.Add((string)@event!["id"]!, @event);
            cursor = (string)page["nextCursor"]!;
        }
    }

    /// <summary>Waits until <paramref name="obstacle"/> is gone.</summary>
    static async Task Until(Func<Task<string?>> obstacle)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (await obstacle() is { } what)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromMinutes(2), what);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
