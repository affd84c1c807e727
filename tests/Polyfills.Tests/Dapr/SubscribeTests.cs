using System.Net;
using Dapr;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Polyfills.Tests.Dapr;

/// <summary>What the application tells its sidecar, and whom it believes to be its sidecar.</summary>
public sealed class SubscribeTests
{
    static async Task<string> Subscriptions(Action<WebApplication> map)
    {
        await using var server = await WebServer.Start(map: app =>
        {
            map(app);
            app.MapSubscribeHandler();
        });
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(server.Address + "/dapr/subscribe"));
    }

    static IResult Ok() => Results.Ok();

    [Fact]
    public async Task A_topic_of_one_endpoint_is_a_route() =>
        Assert.Equal(
            """[{"topic":"monitoring","pubsubName":"pubsub","route":"events/monitoring"}]""",
            await Subscriptions(app => app.MapPost("/events/monitoring", Ok).WithTopic("pubsub", "monitoring")));

    [Fact]
    public async Task Endpoints_with_rules_are_routes_in_order_of_priority() =>
        Assert.Equal(
            """
            [{"topic":"monitoring","pubsubName":"pubsub","routes":{"rules":[
            {"match":"event.type == \u0022a\u0022","path":"a"},{"match":"event.type == \u0022b\u0022","path":"b"}],"default":"rest"},
            "metadata":{"consumeRetryEnabled":"true"},"deadLetterTopic":"funds.dead-letters"}]
            """.ReplaceLineEndings(""),
            await Subscriptions(app =>
            {
                app.MapPost("/b", Ok).WithTopic(Topic("event.type == \"b\"", 2));
                app.MapPost("/rest", Ok).WithTopic(Topic(null, 0));
                app.MapPost("/a", Ok).WithTopic(Topic("event.type == \"a\"", 1));
            }));

    [Fact]
    public async Task An_endpoint_of_several_topics_is_listed_under_each() =>
        Assert.Equal(
            """[{"topic":"housing","pubsubName":"pubsub","route":"events"},{"topic":"funds","pubsubName":"pubsub","route":"events"}]""",
            await Subscriptions(app => app.MapPost("/events", Ok).WithTopic("pubsub", "housing").WithTopic("pubsub", "funds")));

    [Fact]
    public async Task Nothing_subscribed_is_an_empty_list() => Assert.Equal("[]", await Subscriptions(app => app.MapPost("/x", Ok)));

    [Theory]
    [InlineData("secret", HttpStatusCode.OK)]
    [InlineData("other", HttpStatusCode.Unauthorized)]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    public async Task Only_the_sidecar_with_the_token_may_call(string? token, HttpStatusCode expected) =>
        Assert.Equal(expected, await Call(token, configured: "secret"));

    [Fact]
    public async Task Without_a_configured_token_nobody_may_call() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await Call("", configured: null));

    static async Task<HttpStatusCode> Call(string? token, string? configured)
    {
        await using var server = await WebServer.Start(
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["APP_API_TOKEN"] = configured });
                builder.Services.AddAuthentication().AddDapr();
                builder.Services.AddAuthorization(options => options.AddDapr());
            },
            app => app.MapSubscribeHandler().RequireAuthorization("Dapr"));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address + "/dapr/subscribe");
        if (token is not null)
        {
            request.Headers.Add("dapr-api-token", token);
        }

        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    static TopicOptions Topic(string? match, int priority) => new()
    {
        PubsubName = "pubsub", Name = "monitoring", Match = match, Priority = priority, DeadLetterTopic = "funds.dead-letters",
        Metadata = new Dictionary<string, string> { ["consumeRetryEnabled"] = "true" },
    };
}
