using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Governance.Local.Tests.Sidecar;

/// <summary>How messages reach an application: daprd's table of answers, order, retries, dead letters, absence.</summary>
public sealed class DeliveryTests
{
    const string WithDeadLetters =
        """
        [{"pubsubname":"pubsub","topic":"orders","route":"/orders","deadLetterTopic":"dead"},
         {"pubsubname":"pubsub","topic":"dead","route":"/dead"}]
        """;

    static Func<Received, HttpContext, Task> Answer(int status, string body = "") => (received, context) =>
    {
        context.Response.StatusCode = received.Path == "/dead" ? 200 : status;
        return received.Path == "/dead" || body.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(body);
    };

    [Theory]
    [InlineData(200, "")]
    [InlineData(204, "")]
    [InlineData(200, "ok")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"status":""}""")]
    [InlineData(200, """{"status":"SUCCESS"}""")]
    public async Task A_good_answer_settles_the_message(int status, string body)
    {
        await using var app = await TestApp.Start(WithDeadLetters, Answer(status, body));
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish("1");
        await sidecar.Publish("2");
        Assert.Equal(["1", "2"], (await app.Next(2)).Select(received => received.Data).Order());
        await sidecar.Settled();
        await sidecar.Stop();
        await sidecar.Start();
        await sidecar.Publish("3");
        var next = await app.Next();
        Assert.Equal(("/orders", "3"), (next.Path, next.Data));
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(401, "")]
    [InlineData(302, "")]
    [InlineData(200, """{"status":"RETRY"}""")]
    [InlineData(200, """{"status":"PERHAPS"}""")]
    public async Task A_failure_is_retried_as_often_as_resiliency_says_and_then_put_aside(int status, string body)
    {
        await using var app = await TestApp.Start(WithDeadLetters, Answer(status, body));
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish("1");
        var received = await app.Next(4);
        Assert.Equal(["/orders", "/orders", "/orders", "/dead"], received.Select(each => each.Path));
        Assert.Single(received.Select(each => each.Id).Distinct());
    }

    [Theory]
    [InlineData(404, "")]
    [InlineData(200, """{"status":"DROP"}""")]
    public async Task A_message_that_is_not_wanted_is_put_aside_at_once(int status, string body)
    {
        await using var app = await TestApp.Start(WithDeadLetters, Answer(status, body));
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish("1");
        Assert.Equal(["/orders", "/dead"], (await app.Next(2)).Select(each => each.Path));
    }

    [Fact]
    public async Task A_broken_connection_is_a_failure_that_is_retried()
    {
        var attempts = 0;
        await using var app = await TestApp.Start(WithDeadLetters, (_, context) =>
        {
            if (Interlocked.Increment(ref attempts) == 1)
            {
                context.Abort();
                throw new IOException("gone");
            }

            return Task.CompletedTask;
        });
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish("1");
        Assert.Equal("/orders", (await app.Next()).Path);
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task Without_a_retry_policy_the_first_failure_goes_to_the_dead_letters()
    {
        await using var app = await TestApp.Start(WithDeadLetters, Answer(500));
        await using var sidecar = await TestSidecar.Start(app, new TestResources(hasResiliency: false));
        await sidecar.Publish("1");
        Assert.Equal(["/orders", "/dead"], (await app.Next(2)).Select(each => each.Path));
    }

    [Fact]
    public async Task Messages_of_one_key_keep_their_order_and_a_failing_one_holds_up_its_own_key_only()
    {
        var release = new TaskCompletionSource();
        ConcurrentQueue<string> attempts = [];
        await using var app = await TestApp.Start(WithDeadLetters, (received, context) =>
        {
            if (received.Path == "/orders")
            {
                attempts.Enqueue(received.Data);
            }

            context.Response.StatusCode = received.Data == "1" && !release.Task.IsCompleted ? 503 : 200;
            return Task.CompletedTask;
        });
        await using var sidecar = await TestSidecar.Start(app, new TestResources(maxRetries: 100_000));
        for (var i = 1; i <= 3; i++)
        {
            await sidecar.Publish($"{i}", "orders?metadata.partitionKey=blocked");
        }

        for (var i = 101; i <= 150; i++)
        {
            await sidecar.Publish($"{i}", "orders?metadata.partitionKey=free");
        }

        List<string> free = [];
        while (free.Count < 50)
        {
            var next = await app.Next();
            if (next.Data != "1")
            {
                free.Add(next.Data);
            }
        }

        Assert.Equal(Enumerable.Range(101, 50).Select(i => $"{i}"), free);
        Assert.DoesNotContain("2", attempts);
        release.SetResult();
        List<string> blocked = [];
        while (!blocked.Contains("3"))
        {
            blocked.Add((await app.Next()).Data);
        }

        Assert.Equal(["1", "2", "3"], blocked.Distinct());
    }

    [Fact]
    public async Task After_a_message_is_put_aside_the_next_of_its_key_is_delivered()
    {
        await using var app = await TestApp.Start(WithDeadLetters, (received, context) =>
        {
            context.Response.StatusCode = received is { Path: "/orders", Data: "1" } ? 500 : 200;
            return Task.CompletedTask;
        });
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish("1", "orders?metadata.partitionKey=a");
        await sidecar.Publish("2", "orders?metadata.partitionKey=a");
        var received = await app.Next(5);
        Assert.Contains(("/dead", "1"), received.Select(each => (each.Path, each.Data)));
        Assert.Equal(["1", "1", "1", "2"], received.Where(each => each.Path == "/orders").Select(each => each.Data));
    }

    [Fact]
    public async Task While_the_application_is_away_nothing_is_lost_or_counted_as_a_failure()
    {
        await using var app = await TestApp.Start(WithDeadLetters);
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish("0");
        await app.Next();
        await app.Stop();
        for (var i = 1; i <= 20; i++)
        {
            await sidecar.Publish($"{i}", "orders?metadata.partitionKey=a");
        }

        using (var health = await sidecar.Send(HttpMethod.Get, "/v1.0/healthz/outbound", app: "subscriber"))
        {
            Assert.Equal(HttpStatusCode.NoContent, health.StatusCode);
        }

        await app.Start();
        Assert.Equal(Enumerable.Range(1, 20).Select(i => ("/orders", $"{i}")), (await app.Next(20)).Select(each => (each.Path, each.Data)));
    }

    [Fact]
    public async Task A_new_subscriber_begins_with_the_oldest_message_kept()
    {
        await using var app = new TestApp();
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish("1");
        await app.Start();
        Assert.Equal("1", (await app.Next()).Data);
    }

    [Fact]
    public async Task A_restarted_application_may_ask_for_something_else()
    {
        await using var app = await TestApp.Start("""[{"pubsubname":"pubsub","topic":"orders","route":"/old"}]""");
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish("1");
        Assert.Equal("/old", (await app.Next()).Path);
        await app.Stop();
        app.Subscriptions =
            """
            [{"pubsubname":"pubsub","topic":"orders","route":"/new"},{"pubsubname":"pubsub","topic":"other","route":"/other"}]
            """;
        await sidecar.Publish("2");
        await app.Start();
        await sidecar.Publish("3", "other");
        Assert.Equal(["/new", "/other"], (await app.Next(2)).Select(each => each.Path).Order());
    }

    [Fact]
    public async Task Rules_choose_the_route_in_order_and_the_rest_takes_the_default()
    {
        await using var app = await TestApp.Start(
            """
            [{"pubsubName":"pubsub","topic":"orders","routes":{"rules":[
              {"match":"event.type == \"order.v1\"","path":"orders.v1"},{"match":"event.type == 'order.v2'","path":"orders.v2"}],
              "default":"orders"}}]
            """);
        await using var sidecar = await TestSidecar.Start(app);
        foreach (var type in (string[])["order.v1", "order.v2", "order.v3"])
        {
            await sidecar.Publish("1", $"orders?metadata.cloudevent.type={type}&metadata.partitionKey=a");
        }

        Assert.Equal(["/orders.v1", "/orders.v2", "/orders"], (await app.Next(3)).Select(each => each.Path));
    }

    [Fact]
    public async Task A_message_that_no_rule_matches_is_put_aside()
    {
        await using var app = await TestApp.Start(
            """
            [{"pubsubname":"pubsub","topic":"orders","deadLetterTopic":"dead",
              "routes":{"rules":[{"match":"event.type == \"x\"","path":"/x"}]}},
             {"pubsubname":"pubsub","topic":"dead","route":"/dead"}]
            """);
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish("1");
        Assert.Equal("/dead", (await app.Next()).Path);
    }

    [Fact]
    public async Task A_subscription_outside_the_scopes_gets_nothing()
    {
        await using var app = await TestApp.Start(
            """
            [{"pubsubname":"pubsub","topic":"a/b","route":"/secret"},
             {"pubsubname":"pubsub","topic":"other","route":"/undeliverable","deadLetterTopic":"elsewhere"},
             {"pubsubname":"pubsub","topic":"orders","route":"/orders"}]
            """);
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish("1", "a/b");
        await sidecar.Publish("2", "other");
        await sidecar.Publish("3");
        Assert.Equal("/orders", (await app.Next()).Path);
        using var metadata = await sidecar.Send(HttpMethod.Get, "/v1.0/metadata", app: "subscriber");
        var text = await metadata.Content.ReadAsStringAsync();
        Assert.Contains("\"topic\":\"orders\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/undeliverable", text, StringComparison.Ordinal);
        Assert.False(app.HasMore);
    }

    [Fact]
    public async Task A_delivery_says_where_it_comes_from_in_its_headers()
    {
        await using var app = await TestApp.Start();
        var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await using var sidecar = await TestSidecar.Start(
            new TestResources(), new("publisher", 0), new("subscriber", 0, app.Port, AppToken: "secret"));
        using (var response = await sidecar.Send(
            HttpMethod.Post, "/v1.0/publish/pubsub/orders?metadata.partitionKey=%E6%88%B7&metadata.Colour=red", "1",
            headers: ("traceparent", trace)))
        {
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        }

        var received = await app.Next();
        Assert.Equal("application/cloudevents+json", received.ContentType);
        Assert.Equal("red", received.Headers["colour"]);
        Assert.Equal("户", received.Headers["__key"]);
        Assert.Equal("orders", received.Headers["__topic"]);
        Assert.Equal("pubsub", received.Headers["pubsubname"]);
        Assert.Equal(trace, received.Headers["traceparent"]);
        Assert.Equal(trace, received.Event.GetProperty("traceparent").GetString());
        Assert.Equal("secret", received.Headers["dapr-api-token"]);
        Assert.Equal(("subscriber", "secret"), (app.Asked!["dapr-app-id"].ToString(), app.Asked["dapr-api-token"].ToString()));
    }
}
