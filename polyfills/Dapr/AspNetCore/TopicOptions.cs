using System.Diagnostics.CodeAnalysis;

namespace Dapr;

/// <summary>What an endpoint subscribes to.</summary>
public class TopicOptions
{
    /// <summary>The topic.</summary>
    public string? Name { get; set; }

    /// <summary>The pub/sub component.</summary>
    public string? PubsubName { get; set; }

    /// <summary>A rule such as <c>event.type == "x"</c>: only such events come to this endpoint. Without it, all the rest do.</summary>
    public string? Match { get; set; }

    /// <summary>Rules of one topic are tried from low to high.</summary>
    public int Priority { get; set; }

    /// <summary>Where an event goes that could not be delivered.</summary>
    public string? DeadLetterTopic { get; set; }

    /// <summary>Settings for the broker.</summary>
    [SuppressMessage("Design", "CA1051:Do not declare visible instance fields", Justification = "It is a field in the official package.")]
    public IDictionary<string, string>? Metadata;
}
