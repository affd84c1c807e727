using Google.Protobuf;

namespace Governance.Platform.Messaging;

/// <summary>
/// An event as a handler gets it. It may come twice and before an earlier one: <paramref name="Sequence"/> is the version of the
/// subject that it speaks of, so a handler keeps the highest and lets older ones go.
/// </summary>
public sealed record Delivery<T>(string Id, string Subject, string Division, long Sequence, DateTimeOffset Time, T Data) where T : IMessage<T>;
