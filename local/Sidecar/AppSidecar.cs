namespace Governance.Local.Sidecar;

/// <summary>The sidecar of one application: its channel and the deliveries to it.</summary>
sealed class AppSidecar(
    SidecarApp app, DaprResources resources, SidecarStore store, MessageLog log, Positions positions, ILoggerFactory logging) : IDisposable
{
    readonly AppChannel _channel = new(app, logging.CreateLogger<AppChannel>());
    readonly Dictionary<string, (Delivery Delivery, CancellationTokenSource Stop)> _deliveries = new(StringComparer.Ordinal);
    readonly ILogger _log = logging.CreateLogger<AppSidecar>();

    public SidecarApp App => app;

    /// <summary>Whether the application has been met; one without a port never needs to be.</summary>
    public bool IsConnected => app.AppPort is null || _channel.IsOpen;

    public IReadOnlyList<Subscription> Subscriptions
    {
        get
        {
            lock (_deliveries)
            {
                return [.. _deliveries.Values.Select(entry => entry.Delivery.Subscription)];
            }
        }
    }

    public Task Run(CancellationToken ct) =>
        app.AppPort is null ? Task.CompletedTask : _channel.Run(subscriptions => Subscribe(subscriptions, ct), ct);

    public void Dispose() => _channel.Dispose();

    async Task Subscribe(IReadOnlyList<Subscription> wanted, CancellationToken ct)
    {
        var subscriptions = wanted.Where(IsAllowed).DistinctBy(subscription => subscription.Topic).ToDictionary(each => each.Topic);
        // One that is asked for but not allowed keeps its place until the scopes are mended.
        await store.Unsubscribe(app.Id, [.. wanted.Select(subscription => subscription.Topic)], ct);
        foreach (var topic in _deliveries.Keys.Except(subscriptions.Keys).ToArray())
        {
            lock (_deliveries)
            {
                _deliveries.Remove(topic, out var entry);
                entry.Stop.Cancel();
            }
        }

        foreach (var (topic, subscription) in subscriptions)
        {
            if (_deliveries.TryGetValue(topic, out var known))
            {
                known.Delivery.Subscription = subscription;
                continue;
            }

            var position = await store.Subscribe(app.Id, topic, ct);
            var delivery = new Delivery(
                app, subscription, position, _channel, log, positions, resources, logging.CreateLogger<Delivery>());
            var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            lock (_deliveries)
            {
                _deliveries.Add(topic, (delivery, stop));
            }

            _ = delivery.Run(stop.Token);
        }
    }

    bool IsAllowed(Subscription subscription)
    {
        var refusal = subscription switch
        {
            _ when subscription.Pubsub != resources.Pubsub || !resources.Serves(app.Id) =>
                $"there is no pubsub '{subscription.Pubsub}' for it",
            { Topic: "" } => "it names no topic",
            { Default: null, Rules: [] } => "it has no route",
            { IsBulk: true } => "bulk delivery is not supported here",
            _ when subscription.Rules.FirstOrDefault(rule => !rule.IsUnderstood) is { } rule =>
                $"its rule '{rule.Match}' is not of the form event.attribute == \"value\"",
            _ when !resources.MaySubscribe(app.Id, subscription.Topic) => "subscriptionScopes do not allow it",
            { DeadLetterTopic: { } deadLetters } when !resources.MayPublish(app.Id, deadLetters) =>
                $"publishingScopes do not allow its dead letters to go to '{deadLetters}'",
            _ => null,
        };
        if (refusal is not null)
        {
            _log.LogError("{App} cannot subscribe to {Topic}: {Reason}", app.Id, subscription.Topic, refusal);
        }

        return refusal is null;
    }
}
