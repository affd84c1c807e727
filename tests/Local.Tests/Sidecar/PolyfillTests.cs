using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Dapr;
using Dapr.Client;
using Governance.Local.Sidecar;
using Governance.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Governance.Local.Tests.Sidecar;

/// <summary>The suite's own client and subscriber against the suite's own sidecar, with tokens both ways.</summary>
public sealed class PolyfillTests
{
    [Fact]
    public async Task A_service_publishes_and_another_receives_with_tokens_both_ways()
    {
        var port = Ports.Free();
        var received = Channel.CreateUnbounded<(string Path, string? Id)>();
        await using var subscriber = await Subscriber(port, received.Writer);
        await using var sidecar = await TestSidecar.Start(
            new TestResources(), new("publisher", 0, ApiToken: "api"), new SidecarApp("subscriber", 0, port, AppToken: "app"));

        using var client = new DaprClientBuilder().UseHttpEndpoint(sidecar.Address().ToString()).UseDaprApiToken("api").Build();
        await client.WaitForSidecarAsync();
        Assert.True(await client.CheckHealthAsync());
        await client.PublishByteEventAsync(
            "pubsub", "orders", Encoding.UTF8.GetBytes("""{"id":"1","type":"order.v1"}"""), "application/cloudevents+json",
            new Dictionary<string, string> { ["partitionKey"] = "a" });
        await client.PublishEventAsync(
            "pubsub", "orders", new { A = 1 }, new Dictionary<string, string> { ["partitionKey"] = "a", ["cloudevent.id"] = "2" });
        Assert.Equal(("/order.v1", "1"), await received.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(("/rest", "2"), await received.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));

        var refusal = await Assert.ThrowsAsync<DaprException>(() => client.PublishEventAsync("pubsub", "dead", new { A = 1 }));
        Assert.Contains("ERR_PUBSUB_FORBIDDEN", refusal.InnerException!.Message, StringComparison.Ordinal);
    }

    static async Task<WebApplication> Subscriber(int port, ChannelWriter<(string, string?)> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["APP_API_TOKEN"] = "app" });
        builder.Services.AddAuthentication().AddDapr();
        builder.Services.AddAuthorization(options => options.AddDapr());
        var app = builder.Build();
        var handlers = app.MapGroup("").RequireAuthorization("Dapr");
        handlers.MapPost("/order.v1", Take).WithTopic(new TopicOptions
        {
            PubsubName = "pubsub", Name = "orders", Match = "event.type == \"order.v1\"", DeadLetterTopic = "dead",
        });
        handlers.MapPost("/rest", Take).WithTopic("pubsub", "orders");
        app.MapSubscribeHandler().RequireAuthorization("Dapr");
        await app.StartAsync();
        return app;

        async Task Take(HttpContext context)
        {
            using var cloudEvent = await JsonDocument.ParseAsync(context.Request.Body);
            await received.WriteAsync((context.Request.Path, cloudEvent.RootElement.GetProperty("id").GetString()));
        }
    }
}
