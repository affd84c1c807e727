using Dapr;

namespace Microsoft.AspNetCore.Builder;

public static class DaprEndpointConventionBuilderExtensions
{
    /// <summary>Subscribes the endpoint to a topic.</summary>
    public static T WithTopic<T>(this T builder, string pubsubName, string name) where T : IEndpointConventionBuilder =>
        builder.WithTopic(new TopicOptions { PubsubName = pubsubName, Name = name });

    /// <summary>Subscribes the endpoint to a topic, with rules, dead letters or broker settings.</summary>
    public static T WithTopic<T>(this T builder, TopicOptions topicOptions) where T : IEndpointConventionBuilder
    {
        ArgumentException.ThrowIfNullOrEmpty(topicOptions.PubsubName, nameof(topicOptions));
        ArgumentException.ThrowIfNullOrEmpty(topicOptions.Name, nameof(topicOptions));
        return builder.WithMetadata(topicOptions);
    }
}
