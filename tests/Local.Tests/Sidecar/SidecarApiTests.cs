using System.Net;
using System.Text.Json;
using Governance.Local.Sidecar;
using Xunit;

namespace Governance.Local.Tests.Sidecar;

/// <summary>What a publisher is answered: daprd's tables for publish, bulk publish, health and tokens.</summary>
public sealed class SidecarApiTests
{
    static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    static async Task<(HttpStatusCode Status, string Code)> Answer(HttpResponseMessage response)
    {
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync();
            return (response.StatusCode, body.StartsWith('{') ? Json(body).GetProperty("errorCode").GetString()! : body);
        }
    }

    [Theory]
    [InlineData("/v1.0/publish/pubsub/orders", "publisher", HttpStatusCode.NoContent, "")]
    [InlineData("/v1.0/publish/pubsub/a/b", "publisher", HttpStatusCode.NoContent, "")]
    [InlineData("/v1.0/publish/pubsub/a%2Fb", "publisher", HttpStatusCode.NoContent, "")]
    [InlineData("/v1.0/publish/other/orders", "publisher", HttpStatusCode.NotFound, "ERR_PUBSUB_NOT_FOUND")]
    [InlineData("/v1.0/publish/pubsub/orders", "outsider", HttpStatusCode.NotFound, "ERR_PUBSUB_NOT_FOUND")]
    [InlineData("/v1.0/publish", "publisher", HttpStatusCode.NotFound, "ERR_PUBSUB_EMPTY")]
    [InlineData("/v1.0/publish/pubsub/", "publisher", HttpStatusCode.NotFound, "ERR_TOPIC_NAME_EMPTY")]
    [InlineData("/v1.0/publish/pubsub", "publisher", HttpStatusCode.NotFound, "ERR_TOPIC_NAME_EMPTY")]
    [InlineData("/v1.0/publish/pubsub/dead", "publisher", HttpStatusCode.Forbidden, "ERR_PUBSUB_FORBIDDEN")]
    [InlineData("/v1.0/publish/pubsub/orders", "subscriber", HttpStatusCode.Forbidden, "ERR_PUBSUB_FORBIDDEN")]
    [InlineData("/v1.0/publish/pubsub/orders", "stranger", HttpStatusCode.Forbidden, "ERR_PUBSUB_FORBIDDEN")]
    [InlineData("/v1.0/publish/pubsub/orders?metadata.rawPayload=x", "publisher", HttpStatusCode.BadRequest, "ERR_PUBSUB_REQUEST_METADATA")]
    [InlineData("/v1.0/publish/pubsub/orders?metadata.x=%00", "publisher", HttpStatusCode.BadRequest, "ERR_PUBSUB_REQUEST_METADATA")]
    public async Task Publishing_is_answered_as_daprd_does(string path, string app, HttpStatusCode status, string code)
    {
        await using var sidecar = await TestSidecar.Start(
            new TestResources(), new("publisher", 0), new("subscriber", 0), new("stranger", 0), new("outsider", 0));
        Assert.Equal((status, code), await Answer(await sidecar.Send(HttpMethod.Post, path, "1", app: app)));
        Assert.Equal((status, code), await Answer(await sidecar.Send(HttpMethod.Put, path, "1", app: app)));
    }

    [Fact]
    public async Task A_cloud_event_that_is_no_json_object_is_refused()
    {
        await using var sidecar = await TestSidecar.Start();
        foreach (var body in (string[])["{", "[]", "1"])
        {
            Assert.Equal(
                (HttpStatusCode.InternalServerError, "ERR_PUBSUB_CLOUD_EVENTS_SER"),
                await Answer(await sidecar.Send(HttpMethod.Post, "/v1.0/publish/pubsub/orders", body, "application/cloudevents+json")));
        }
    }

    [Fact]
    public async Task A_body_of_more_than_four_megabytes_is_refused()
    {
        await using var sidecar = await TestSidecar.Start();
        using var response = await sidecar.Send(
            HttpMethod.Post, "/v1.0/publish/pubsub/orders", new string(' ', 4 * 1024 * 1024) + "1", headers: ("Expect", "100-continue"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData("v1.0")]
    [InlineData("v1.0-alpha1")]
    public async Task Bulk_publishing_takes_each_content_type_in_its_own_form(string version)
    {
        await using var app = await TestApp.Start();
        await using var sidecar = await TestSidecar.Start(app);
        using var response = await sidecar.Send(HttpMethod.Post, $"/{version}/publish/bulk/pubsub/orders",
            """
            [{"entryId":"1","event":{"a":1},"contentType":"application/json"},
             {"entryId":"2","event":"text","contentType":"text/plain"},
             {"entryId":"3","event":"AQI=","contentType":"application/octet-stream"},
             {"entryId":"4","event":{"id":"own","data":4},"contentType":"application/cloudevents+json"}]
            """.Replace("\"contentType\"", "\"metadata\":{\"partitionKey\":\"a\"},\"contentType\"", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.NoContent, ""), await Answer(response));
        var events = (await app.Next(4)).Select(received => received.Event).ToArray();
        Assert.Equal(
            ["""{"a":1}""", "\"text\"", "AQI=", "4"],
            events.Select(each => each.TryGetProperty("data", out var data)
                ? data.GetRawText()
                : each.GetProperty("data_base64").GetString()));
    }

    [Theory]
    [InlineData("""[{"entryId":"1","event":1,"contentType":"text/xml"},{"entryId":"1","event":1,"contentType":"text/xml"}]""")]
    [InlineData("""[{"event":1,"contentType":"application/json"}]""")]
    [InlineData("{")]
    [InlineData("[null]")]
    public async Task Bulk_entries_need_ids_of_their_own(string body)
    {
        await using var sidecar = await TestSidecar.Start();
        Assert.Equal(
            (HttpStatusCode.BadRequest, "ERR_PUBSUB_EVENTS_SER"),
            await Answer(await sidecar.Send(HttpMethod.Post, "/v1.0/publish/bulk/pubsub/orders", body)));
    }

    [Fact]
    public async Task Bulk_publishing_names_the_entries_that_failed_and_publishes_the_others()
    {
        await using var app = await TestApp.Start();
        await using var sidecar = await TestSidecar.Start(app);
        using var response = await sidecar.Send(HttpMethod.Post, "/v1.0/publish/bulk/pubsub/orders",
            """
            [{"entryId":"good","event":1,"contentType":"application/json"},
             {"entryId":"bad","event":1,"contentType":"text/plain"},
             {"entryId":"odd","event":1,"contentType":"image/png"}]
            """);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var answer = Json(await response.Content.ReadAsStringAsync());
        Assert.Equal("ERR_PUBSUB_PUBLISH_MESSAGE", answer.GetProperty("errorCode").GetString());
        Assert.Equal(
            ["bad", "odd"],
            answer.GetProperty("failedEntries").EnumerateArray().Select(entry => entry.GetProperty("entryId").GetString()));
        Assert.Equal("1", (await app.Next()).Data);
    }

    [Fact]
    public async Task Metadata_of_a_bulk_request_reaches_only_entries_with_metadata_of_their_own()
    {
        await using var app = await TestApp.Start();
        await using var sidecar = await TestSidecar.Start(app);
        using var response = await sidecar.Send(
            HttpMethod.Post, "/v1.0/publish/bulk/pubsub/orders?metadata.partitionKey=k&metadata.colour=red",
            """
            [{"entryId":"1","event":1,"contentType":"application/json","metadata":{"Colour":"blue"}},
             {"entryId":"2","event":2,"contentType":"application/json"}]
            """);
        var headers = (await app.Next(2)).ToDictionary(received => received.Data, received => received.Headers);
        Assert.Equal(("blue", "k"), (headers["1"]["colour"].ToString(), headers["1"]["__key"].ToString()));
        Assert.Equal(("", ""), (headers["2"]["colour"].ToString(), headers["2"]["__key"].ToString()));
    }

    [Fact]
    public async Task With_a_token_only_health_is_open_to_everyone()
    {
        await using var sidecar = await TestSidecar.Start(new TestResources(), new SidecarApp("publisher", 0, ApiToken: "secret"));
        Assert.Equal(
            (HttpStatusCode.Unauthorized, "invalid api token"),
            await Answer(await sidecar.Send(HttpMethod.Post, "/v1.0/publish/pubsub/orders", "1")));
        Assert.Equal(
            (HttpStatusCode.Unauthorized, "invalid api token"),
            await Answer(await sidecar.Send(HttpMethod.Post, "/v1.0/publish/pubsub/orders", "1", headers: ("dapr-api-token", "guess"))));
        Assert.Equal(
            (HttpStatusCode.NoContent, ""),
            await Answer(await sidecar.Send(HttpMethod.Post, "/v1.0/publish/pubsub/orders", "1", headers: ("dapr-api-token", "secret"))));
        Assert.Equal((HttpStatusCode.NoContent, ""), await Answer(await sidecar.Send(HttpMethod.Get, "/v1.0/healthz")));
        Assert.Equal((HttpStatusCode.NoContent, ""), await Answer(await sidecar.Send(HttpMethod.Get, "/v1.0/healthz/outbound")));
    }

    [Fact]
    public async Task Health_asks_for_the_application_and_outbound_health_does_not()
    {
        await using var app = new TestApp();
        await using var sidecar = await TestSidecar.Start(app);
        var (ready, notReady) = ((HttpStatusCode.NoContent, ""), (HttpStatusCode.InternalServerError, "ERR_HEALTH_NOT_READY"));
        Assert.Equal(notReady, await Answer(await sidecar.Send(HttpMethod.Get, "/v1.0/healthz", app: "subscriber")));
        Assert.Equal(ready, await Answer(await sidecar.Send(HttpMethod.Get, "/v1.0/healthz/outbound", app: "subscriber")));
        Assert.Equal(notReady, await Answer(await sidecar.Send(HttpMethod.Get, "/v1.0/healthz?appid=other")));
        await app.Start();
        await sidecar.Publish("1");
        await app.Next();
        Assert.Equal(ready, await Answer(await sidecar.Send(HttpMethod.Get, "/v1.0/healthz?appid=subscriber", app: "subscriber")));
    }

    [Fact]
    public async Task Metadata_tells_the_application_its_id_components_and_subscriptions()
    {
        await using var app = await TestApp.Start();
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish("1");
        await app.Next();
        using var response = await sidecar.Send(HttpMethod.Get, "/v1.0/metadata", app: "subscriber");
        var metadata = Json(await response.Content.ReadAsStringAsync());
        Assert.Equal("subscriber", metadata.GetProperty("id").GetString());
        Assert.Equal("""[{"name":"pubsub","type":"pubsub.kafka","version":"v1"}]""", metadata.GetProperty("components").GetRawText());
        Assert.Equal(
            """
            [{"pubsubname":"pubsub","topic":"orders","metadata":{},"rules":[{"match":"","path":"/orders"}],"deadLetterTopic":"dead",
            "type":"PROGRAMMATIC"}]
            """.ReplaceLineEndings(""),
            metadata.GetProperty("subscriptions").GetRawText());
    }

    [Fact]
    public async Task One_database_serves_one_sidecar()
    {
        await using var sidecar = await TestSidecar.Start();
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(sidecar.StartAnother);
        Assert.Contains("Another sidecar holds the database", refusal.Message, StringComparison.Ordinal);
    }
}
