using System.Text;
using Dapr;
using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Platform.Messaging;

/// <summary>The only file that speaks to the sidecar.</summary>
static class Dapr
{
    /// <summary>The pub/sub component's name in <c>dapr/components</c>.</summary>
    const string PubSub = "pubsub";

    /// <summary>The topic that takes what <paramref name="service"/> could not take in.</summary>
    public static string DeadLetterTopic(string service) => $"{service}.dead-letters";

    /// <summary>Publishes a finished CloudEvent on the service's topic; events of one subject share a partition and keep their order.</summary>
    public static Task Publish(DaprClient client, string service, string subject, string cloudEvent, CancellationToken cancellation) =>
        client.PublishByteEventAsync(PubSub, service, Encoding.UTF8.GetBytes(cloudEvent), "application/cloudevents+json",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["partitionKey"] = subject }, cancellation);

    /// <summary>Takes deliveries of every topic that the service has handlers for, and its dead letters.</summary>
    public static void MapDeliveries(IEndpointRouteBuilder endpoints, string service, IEnumerable<string> topics)
    {
        // With no parameters to bind: what binds them would load expression trees and their compiler into every service.
        endpoints.MapSubscribeHandler().RequireAuthorization("Dapr");
        foreach (var topic in topics)
        {
            endpoints.MapPost($"/events/{topic}", http => http.RequestServices.GetRequiredService<Inbox>().Take(http.Request.BodyReader.AsStream(), http.RequestAborted))
                .WithTopic(new TopicOptions { PubsubName = PubSub, Name = topic, DeadLetterTopic = DeadLetterTopic(service) })
                .RequireAuthorization("Dapr");
        }
        endpoints.MapPost("/dead-letters", http => http.RequestServices.GetRequiredService<DeadLetters>().Take(http.Request.BodyReader.AsStream(), http.RequestAborted))
            .WithTopic(PubSub, DeadLetterTopic(service))
            .RequireAuthorization("Dapr");
    }
}
