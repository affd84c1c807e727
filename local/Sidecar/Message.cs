namespace Governance.Local.Sidecar;

/// <summary>What was published, before it has a position.</summary>
/// <param name="Metadata">What the publisher said to the broker; travels as headers with every delivery.</param>
/// <param name="Body">What the subscriber receives: a CloudEvent, or bytes as they are when Metadata says rawPayload.</param>
sealed record NewMessage(string Topic, IReadOnlyDictionary<string, string> Metadata, byte[] Body)
{
    /// <summary>Messages of one key are delivered one after the other; those without a key are on their own.</summary>
    public string? PartitionKey => Metadata.GetValueOrDefault("partitionKey");
}

/// <summary>A stored message. Positions grow in the order in which messages were stored.</summary>
sealed record Message(long Position, string Topic, string? PartitionKey, IReadOnlyDictionary<string, string> Metadata, byte[] Body,
    DateTimeOffset PublishTime)
{
    public bool IsRaw => Metadata.TryGetValue("rawPayload", out var raw) && bool.TryParse(raw, out var isRaw) && isRaw;
}
