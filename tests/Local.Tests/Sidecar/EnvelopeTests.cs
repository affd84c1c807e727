using System.Text.Json;
using Xunit;

namespace Governance.Local.Tests.Sidecar;

/// <summary>The CloudEvent that a subscriber receives for what was published.</summary>
public sealed class EnvelopeTests
{
    static async Task<JsonElement> Deliver(string body, string contentType, string query = "", string? subscriptions = null)
    {
        await using var app = await TestApp.Start(subscriptions);
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish(body, "orders" + query, contentType);
        return (await app.Next()).Event;
    }

    static string? Text(JsonElement cloudEvent, string name) => cloudEvent.TryGetProperty(name, out var value) ? value.GetString() : null;

    static IEnumerable<string?> Texts(JsonElement cloudEvent, params string[] names) => names.Select(name => Text(cloudEvent, name));

    [Fact]
    public async Task Data_is_wrapped_with_the_publisher_as_source()
    {
        var cloudEvent = await Deliver("""{"name":"户主","amount":12345678901234567890}""", "application/json");
        Assert.Equal("""{"name":"户主","amount":12345678901234567890}""", cloudEvent.GetProperty("data").GetRawText());
        Assert.True(Guid.TryParse(Text(cloudEvent, "id"), out _));
        Assert.Equal(
            ["1.0", "application/json", "publisher", "com.dapr.event.sent", "orders", "pubsub", "", "", "", null],
            Texts(
                cloudEvent,
                "specversion", "datacontenttype", "source", "type", "topic", "pubsubname", "traceid", "traceparent", "tracestate",
                "subject"));
        Assert.True(DateTimeOffset.UtcNow - cloudEvent.GetProperty("time").GetDateTimeOffset() < TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", "[1]", "data", "[1]")]
    [InlineData("application/json", "no json", "data", "\"no json\"")]
    [InlineData("application/vnd.x+json", "[1]", "data", "\"[1]\"")]
    [InlineData("text/plain", "1", "data", "\"1\"")]
    [InlineData("application/octet-stream", "ab", "data_base64", "\"YWI=\"")]
    public async Task The_content_type_decides_the_form_of_the_data(string contentType, string body, string member, string expected)
    {
        var cloudEvent = await Deliver(body, contentType);
        Assert.Equal(expected, cloudEvent.GetProperty(member).GetRawText());
        Assert.Equal(contentType, Text(cloudEvent, "datacontenttype"));
    }

    [Fact]
    public async Task Without_a_content_type_data_is_plain_text() =>
        Assert.Equal("text/plain", Text(await Deliver("1", ""), "datacontenttype"));

    [Fact]
    public async Task Metadata_overrides_what_the_sidecar_would_say()
    {
        var cloudEvent = await Deliver(
            "1", "application/json",
            "?metadata.cloudevent.id=i&metadata.Cloudevent.Source=s&metadata.cloudevent.type=t"
            + "&metadata.cloudevent.subject=u&metadata.cloudevent.topic=x");
        Assert.Equal(["i", "s", "t", "u", "orders"], Texts(cloudEvent, "id", "source", "type", "subject", "topic"));
    }

    [Fact]
    public async Task A_cloud_event_of_the_publisher_keeps_what_it_says_and_gets_what_it_lacks()
    {
        var cloudEvent = await Deliver(
            """{"id":"e1","type":"governance.funds.v1.PaymentSettled","sequence":7,"topic":"wrong","data":{"a":1}}""",
            "application/cloudevents+json; charset=utf-8", "?metadata.cloudevent.id=ignored");
        Assert.Equal(
            ["e1", "governance.funds.v1.PaymentSettled", "orders", "pubsub", "Dapr", "1.0", "", ""],
            Texts(cloudEvent, "id", "type", "topic", "pubsubname", "source", "specversion", "traceid", "traceparent"));
        Assert.Equal((7, """{"a":1}"""), (cloudEvent.GetProperty("sequence").GetInt32(), cloudEvent.GetProperty("data").GetRawText()));
        Assert.True(cloudEvent.TryGetProperty("time", out _));
    }

    [Fact]
    public async Task A_trace_in_the_cloud_event_travels_on()
    {
        const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await using var app = await TestApp.Start();
        await using var sidecar = await TestSidecar.Start(app);
        await sidecar.Publish($$"""{"id":"1","traceparent":"{{Trace}}"}""", contentType: "application/cloudevents+json");
        var received = await app.Next();
        Assert.Equal([Trace, Trace, ""], Texts(received.Event, "traceid", "traceparent", "tracestate"));
        Assert.Equal(Trace, received.Headers["traceparent"]);
    }

    [Fact]
    public async Task An_id_that_is_missing_stays_missing() =>
        Assert.Null(Text(await Deliver("""{"data":1}""", "application/cloudevents+json"), "id"));

    [Fact]
    public async Task A_raw_payload_reaches_a_raw_subscriber_as_base64()
    {
        var cloudEvent = await Deliver(
            "ab", "text/plain", "?metadata.rawPayload=true",
            """[{"pubsubname":"pubsub","topic":"orders","route":"/orders","metadata":{"rawPayload":"true"}}]""");
        Assert.Equal(
            ["YWI=", "application/octet-stream", "Dapr", "com.dapr.event.sent", "1.0"],
            Texts(cloudEvent, "data_base64", "datacontenttype", "source", "type", "specversion"));
    }
}
