using System.Text;
using Dapr;
using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Polyfills.Tests.Dapr;

/// <summary>What the client puts on the wire, by Dapr's HTTP API; how it fares with a whole sidecar is tested with the sidecar.</summary>
public sealed class DaprClientTests
{
    sealed record Received(string Target, string? ContentType, string Body, string? Token, string Protocol);

    static async Task<(WebServer Server, List<Received> Requests)> Sidecar(int status = 204, string answer = "")
    {
        List<Received> requests = [];
        var server = await WebServer.Start(map: app => app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var request = context.Request;
            requests.Add(new Received(
                request.Path.ToUriComponent() + request.QueryString, request.ContentType, await reader.ReadToEndAsync(),
                request.Headers["dapr-api-token"], request.Protocol));
            context.Response.StatusCode = status;
            if (answer.Length > 0)
            {
                await context.Response.WriteAsync(answer);
            }
        }));
        return (server, requests);
    }

    static DaprClient Client(WebServer server) => new DaprClientBuilder().UseHttpEndpoint(server.Address).Build();

    [Fact]
    public async Task An_event_is_posted_as_json_by_its_declared_type()
    {
        var (server, requests) = await Sidecar();
        await using var _ = server;
        using var client = Client(server);
        await client.PublishEventAsync("pubsub", "monitoring", new { HouseholdId = "h1" });
        Assert.Equal(
            new Received("/v1.0/publish/pubsub/monitoring", "application/json", """{"householdId":"h1"}""", null, "HTTP/1.1"),
            Assert.Single(requests));
    }

    [Fact]
    public async Task Bytes_and_their_content_type_are_posted_as_they_are_with_metadata_in_the_query()
    {
        var (server, requests) = await Sidecar();
        await using var _ = server;
        using var client = new DaprClientBuilder().UseHttpEndpoint(server.Address).UseDaprApiToken("secret").Build();
        await client.PublishByteEventAsync(
            "pubsub", "a/b", Encoding.UTF8.GetBytes("""{"id":"1"}"""), "application/cloudevents+json",
            new Dictionary<string, string> { ["partitionKey"] = "户 1", ["ttlInSeconds"] = "60" });
        Assert.Equal(
            new Received(
                "/v1.0/publish/pubsub/a%2Fb?metadata.partitionKey=%E6%88%B7%201&metadata.ttlInSeconds=60",
                "application/cloudevents+json", """{"id":"1"}""", "secret", "HTTP/1.1"),
            Assert.Single(requests));
    }

    [Fact]
    public async Task A_refusal_is_an_exception_that_names_the_reason()
    {
        var (server, _) = await Sidecar(403, """{"errorCode":"ERR_PUBSUB_FORBIDDEN","message":"no"}""");
        await using var __ = server;
        using var client = Client(server);
        var refusal = await Assert.ThrowsAsync<DaprException>(() => client.PublishEventAsync("pubsub", "funds", new { }));
        Assert.StartsWith("Publish operation failed", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("403 {\"errorCode\":\"ERR_PUBSUB_FORBIDDEN\"", refusal.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_absent_sidecar_is_an_exception_on_publish_and_unhealthy()
    {
        var (server, _) = await Sidecar();
        using var client = Client(server);
        await server.DisposeAsync();
        await Assert.ThrowsAsync<DaprException>(() => client.PublishEventAsync("pubsub", "funds", new { }));
        Assert.False(await client.CheckHealthAsync());
        Assert.False(await client.CheckOutboundHealthAsync());
    }

    [Fact]
    public async Task A_caller_who_gives_up_sees_a_cancellation()
    {
        var (server, _) = await Sidecar();
        await using var __ = server;
        using var client = Client(server);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.PublishEventAsync("pubsub", "funds", new { }, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_sidecar_that_answers_too_late_is_an_exception()
    {
        await using var server = await WebServer.Start(
            map: app => app.Run(context => Task.Delay(Timeout.Infinite, context.RequestAborted)));
        using var client = new DaprClientBuilder().UseHttpEndpoint(server.Address).UseTimeout(TimeSpan.FromMilliseconds(50)).Build();
        await Assert.ThrowsAsync<DaprException>(() => client.PublishEventAsync("pubsub", "funds", new { }));
    }

    [Fact]
    public async Task Health_is_asked_at_its_own_addresses_and_waiting_ends_when_the_sidecar_can_be_called()
    {
        var (server, requests) = await Sidecar();
        await using var _ = server;
        using var client = Client(server);
        Assert.True(await client.CheckHealthAsync());
        await client.WaitForSidecarAsync();
        Assert.Equal(["/v1.0/healthz", "/v1.0/healthz/outbound"], requests.Select(request => request.Target));
    }

    [Theory]
    [InlineData("DAPR_HTTP_ENDPOINT")]
    [InlineData("DAPR_HTTP_PORT")]
    public async Task The_sidecar_is_found_by_configuration(string setting)
    {
        var (server, requests) = await Sidecar();
        await using var _ = server;
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [setting] = setting == "DAPR_HTTP_PORT" ? new Uri(server.Address).Port.ToString() : server.Address,
            ["DAPR_API_TOKEN"] = "secret",
        }).Build());
        services.AddDaprClient();
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<DaprClient>().PublishEventAsync("pubsub", "funds", new { });
        Assert.Equal("secret", Assert.Single(requests).Token);
    }

    [Fact]
    public void An_endpoint_that_is_no_address_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => new DaprClientBuilder().UseHttpEndpoint("ftp://sidecar").Build());
}
