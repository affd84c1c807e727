using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Governance.Platform.Data;

namespace Governance.Platform.Messaging;

/// <summary>What the service does with the events of others: at most one handler chain per event type.</summary>
public sealed class Handlers
{
    readonly Dictionary<string, List<Func<Transaction, CloudEvent, Task>>> _byType = new(StringComparer.Ordinal);
    readonly SortedSet<string> _topics = new(StringComparer.Ordinal);

    /// <summary>The topics that the handlers' events come on: one per publishing service.</summary>
    public IReadOnlyCollection<string> Topics => _topics;

    internal IReadOnlyList<Func<Transaction, CloudEvent, Task>> Of(string type) => _byType.TryGetValue(type, out var handlers) ? handlers : [];

    internal void Add<T>(Func<Transaction, Delivery<T>, Task> handle, params string[] services) where T : class, IMessage<T>, new()
    {
        var descriptor = new T().Descriptor;
        var owner = Contracts.Contract.Owner(descriptor.File);
        if ((owner == Contracts.Contract.Shared) == (services.Length == 0))
        {
            var whose = services.Length == 0 ? "every service that tells it: name those to listen to" : $"{owner} alone";
            throw new ArgumentException($"{descriptor.Name} comes on the topic of {whose}.", nameof(services));
        }
        _topics.UnionWith(services.Length == 0 ? [owner] : services);
        if (!_byType.TryGetValue(descriptor.FullName, out var handlers))
            _byType[descriptor.FullName] = handlers = [];
        handlers.Add((transaction, received) => handle(transaction, new Delivery<T>(
            received.Id, received.Subject, received.Division, received.Sequence, received.Time, received.Data<T>())));
    }
}

/// <summary>A received CloudEvent, read as far as every handler needs it.</summary>
sealed class CloudEvent(JsonElement json)
{
    const string NoId = "sha256:";

    // A newer publisher may say more than this service knows.
    static readonly JsonParser _parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public string Id { get; private init; } = Optional(json, "id");

    public string Type => Optional(json, "type");

    public string Subject => Optional(json, "subject");

    public string Division => Optional(json, "division");

    public string Topic => Optional(json, "topic");

    public string? Traceparent => json.TryGetProperty("traceparent", out var value) ? value.GetString() : null;

    public long Sequence => long.TryParse(Optional(json, "sequence"), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : 0;

    public DateTimeOffset Time => json.TryGetProperty("time", out var value) && value.TryGetDateTimeOffset(out var time) ? time : default;

    public string Json => json.GetRawText();

    public T Data<T>() where T : class, IMessage<T>, new() => _parser.Parse<T>(json.GetProperty("data").GetRawText());

    /// <exception cref="FormatException">It lacks what every CloudEvent has, so it can be neither recognised nor handled.</exception>
    public static async Task<CloudEvent> Read(Stream body, CancellationToken cancellation)
    {
        var received = await ReadAnything(body, cancellation);
        return received.Type.Length > 0 && !received.Id.StartsWith(NoId, StringComparison.Ordinal)
            ? received
            : throw new FormatException("The CloudEvent has no \"id\" or no \"type\".");
    }

    /// <summary>Reads also what is no proper CloudEvent; without an id it goes by its content's hash.</summary>
    public static async Task<CloudEvent> ReadAnything(Stream body, CancellationToken cancellation)
    {
        using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
        var json = document.RootElement.Clone();
        return Optional(json, "id").Length > 0
            ? new CloudEvent(json)
            : new CloudEvent(json) { Id = NoId + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json.GetRawText()))) };
    }

    static string Optional(JsonElement json, string attribute) => json.TryGetProperty(attribute, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

/// <summary>
/// Takes deliveries. The event's id and its effect are one transaction, so an event that comes again has no second effect, and
/// the sidecar hears of success only after the commit.
/// </summary>
public sealed class Inbox(Database database, Handlers handlers)
{
    internal async Task Take(Stream body, CancellationToken cancellation)
    {
        var received = await CloudEvent.Read(body, cancellation);
        await Apply(received, cancellation);
    }

    internal async Task Apply(CloudEvent received, CancellationToken cancellation)
    {
        var chain = handlers.Of(received.Type);
        if (chain.Count == 0)
            return;
        using var activity = ActivityContext.TryParse(received.Traceparent, null, out var parent)
            ? Telemetry.Activities.StartActivity($"receive {received.Type}", ActivityKind.Consumer, parent)
            : Telemetry.Activities.StartActivity($"receive {received.Type}", ActivityKind.Consumer);
        await database.TransactAsSystem(received.Type, async transaction =>
        {
            if (await transaction.Execute("insert into inbox (event_id, received_time) values ($1, $2) on conflict do nothing", received.Id, transaction.Now) == 0)
                return;
            foreach (var handle in chain)
                await handle(transaction, received);
        }, cancellation);
    }
}
