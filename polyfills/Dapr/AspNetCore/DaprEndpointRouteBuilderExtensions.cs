using System.Text.Json;
using System.Text.Json.Serialization;
using Dapr;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

public static class DaprEndpointRouteBuilderExtensions
{
    static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Answers the sidecar's <c>GET /dapr/subscribe</c> with the topics of every endpoint that has
    /// <see cref="DaprEndpointConventionBuilderExtensions.WithTopic{T}(T, TopicOptions)"/>.</summary>
    public static IEndpointConventionBuilder MapSubscribeHandler(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("dapr/subscribe", context =>
            context.Response.WriteAsJsonAsync(
                Subscriptions(context.RequestServices.GetRequiredService<EndpointDataSource>()), Json, context.RequestAborted));

    static IEnumerable<Subscription> Subscriptions(EndpointDataSource endpoints) =>
        from endpoint in endpoints.Endpoints.OfType<RouteEndpoint>()
        from topic in endpoint.Metadata.GetOrderedMetadata<TopicOptions>()
        group (Topic: topic, Path: Path(endpoint.RoutePattern)) by (topic.PubsubName, topic.Name) into routes
        select Describe(routes.Key.PubsubName!, routes.Key.Name!, [.. routes]);

    static Subscription Describe(string pubsubName, string name, (TopicOptions Topic, string Path)[] routes)
    {
        Rule[] rules =
        [
            .. from route in routes
               where !string.IsNullOrEmpty(route.Topic.Match)
               orderby route.Topic.Priority
               select new Rule(route.Topic.Match!, route.Path),
        ];
        string[] others = [.. from route in routes where string.IsNullOrEmpty(route.Topic.Match) select route.Path];
        if (others.Length > 1)
        {
            throw new InvalidOperationException(
                $"Topic '{name}' of '{pubsubName}' has {others.Length} endpoints without a match rule: {string.Join(", ", others)}. "
                + "Only one can receive its events; give the others a Match.");
        }

        var rest = others.FirstOrDefault();
        var metadata = routes.SelectMany(route => route.Topic.Metadata ?? new Dictionary<string, string>())
            .DistinctBy(pair => pair.Key).ToDictionary();
        return new Subscription(
            name, pubsubName,
            Route: rules.Length == 0 ? rest : null,
            Routes: rules.Length == 0 ? null : new Routes(rules, rest),
            Metadata: metadata.Count == 0 ? null : metadata,
            DeadLetterTopic: routes.Select(route => route.Topic.DeadLetterTopic).FirstOrDefault(topic => !string.IsNullOrEmpty(topic)));
    }

    static string Path(RoutePattern pattern) => pattern.Parameters.Count == 0
        ? string.Join('/', pattern.PathSegments.Select(segment =>
            string.Concat(segment.Parts.Cast<RoutePatternLiteralPart>().Select(part => part.Content))))
        : throw new InvalidOperationException($"The route '{pattern.RawText}' has parameters; the sidecar cannot fill them in.");

    sealed record Subscription(
        string Topic, string PubsubName, string? Route, Routes? Routes, Dictionary<string, string>? Metadata, string? DeadLetterTopic);

    sealed record Routes(Rule[] Rules, string? Default);

    sealed record Rule(string Match, string Path);
}
