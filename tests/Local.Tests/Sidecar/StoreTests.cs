using System.Net;
using Governance.Local.Sidecar;
using Npgsql;
using Xunit;

namespace Governance.Local.Tests.Sidecar;

/// <summary>What the sidecar keeps in its database, and for how long; and a database that goes away for a moment.</summary>
public sealed class StoreTests
{
    [Fact]
    public async Task Old_messages_go_when_every_known_subscriber_has_them()
    {
        await using var database = await TestDatabase.Create();
        await using var connections = NpgsqlDataSource.Create(database.ConnectionString);
        var store = new SidecarStore(connections);
        var ct = TestContext.Current.CancellationToken;
        await store.Migrate(ct);
        await using (var appender = await store.OpenAppender(ct))
        {
            await SidecarStore.Append(appender, [Message("heard"), Message("heard"), Message("unheard")], ct);
        }

        Assert.Equal(0, await store.Subscribe("subscriber", "heard", ct));
        await store.SavePositions([("subscriber", "heard", 1)], ct);
        Assert.Equal(0, await store.Prune(TimeProvider.System.GetUtcNow().AddHours(-1), ct));
        Assert.Equal(2, await store.Prune(TimeProvider.System.GetUtcNow().AddHours(1), ct));
        Assert.Equal([2], (await store.Read("heard", 0, 10, ct)).Select(message => message.Position));
        Assert.Equal(1, await store.Subscribe("subscriber", "heard", ct));
        await store.Unsubscribe("subscriber", [], ct);
        Assert.Equal(0, await store.Subscribe("subscriber", "heard", ct));

        static NewMessage Message(string topic) => new(topic, new Dictionary<string, string>(), [1]);
    }

    [Fact]
    public async Task A_database_that_breaks_off_is_found_again()
    {
        await using var app = await TestApp.Start();
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish("1");
        await app.Next();
        await sidecar.Database.BreakConnections();
        HttpStatusCode status;
        do
        {
            using var response = await sidecar.Send(HttpMethod.Post, "/v1.0/publish/pubsub/orders", "2");
            status = response.StatusCode;
        }
        while (status == HttpStatusCode.InternalServerError);

        Assert.Equal(HttpStatusCode.NoContent, status);
        Assert.Equal("2", (await app.Next()).Data);
    }
}
