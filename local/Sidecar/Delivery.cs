using System.Diagnostics.CodeAnalysis;

namespace Governance.Local.Sidecar;

/// <summary>
/// Brings the messages of one topic to one application: at least once; in order per partition key, several keys side by side;
/// what fails is retried and then put aside as resiliency.yaml says, and holds up its own key only.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle nobody asks for has nothing to dispose.")]
sealed class Delivery(
    SidecarApp app, Subscription subscription, long position, AppChannel channel, MessageLog log, Positions positions,
    DaprResources resources, ILogger<Delivery> logger)
{
    const int ReadAhead = 1000;
    const int MostPerRead = 200;
    const int MostAtOnce = 16;
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    readonly SemaphoreSlim _room = new(ReadAhead);
    readonly SemaphoreSlim _slots = new(MostAtOnce);
    readonly Lock _lock = new();
    readonly Queue<Entry> _unsettled = new();
    readonly Dictionary<string, Queue<Entry>> _waiting = new(StringComparer.Ordinal);
    volatile Subscription _subscription = subscription;

    /// <summary>What the application asked for last; it may have been restarted with other routes.</summary>
    public Subscription Subscription
    {
        get => _subscription;
        set => _subscription = value;
    }

    public async Task Run(CancellationToken ct)
    {
        var read = position;
        while (true)
        {
            var next = log.Next(Subscription.Topic);
            List<Message> messages;
            try
            {
                messages = await log.Read(Subscription.Topic, read, MostPerRead, ct);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogError(exception, "{Topic} could not be read for {App}; it is tried again", Subscription.Topic, app.Id);
                await Task.Delay(Pause, ct);
                continue;
            }

            foreach (var message in messages)
            {
                await _room.WaitAsync(ct);
                Start(new Entry(message), ct);
                read = message.Position;
            }

            if (messages.Count == 0)
            {
                await next.WaitAsync(ct);
            }
        }
    }

    void Start(Entry entry, CancellationToken ct)
    {
        lock (_lock)
        {
            _unsettled.Enqueue(entry);
            if (entry.Key is { } key)
            {
                if (_waiting.TryGetValue(key, out var others))
                {
                    others.Enqueue(entry);
                    return;
                }

                _waiting.Add(key, new Queue<Entry>());
            }
        }

        _ = RunKey(entry, ct);
    }

    /// <summary>Delivers the message, then those of the same key that have come meanwhile.</summary>
    async Task RunKey(Entry first, CancellationToken ct)
    {
        try
        {
            for (var entry = first; entry is not null; entry = Settle(entry))
            {
                await Deliver(entry.Message!, ct);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: what is not settled is delivered after the next start.
        }
    }

    /// <summary>Marks the message as done and returns the next one of its key.</summary>
    Entry? Settle(Entry entry)
    {
        Entry? following = null;
        lock (_lock)
        {
            if (entry.Key is { } key && !_waiting[key].TryDequeue(out following))
            {
                _waiting.Remove(key);
            }

            entry.Settle();
            var reached = 0L;
            while (_unsettled.TryPeek(out var oldest) && oldest.IsSettled)
            {
                reached = _unsettled.Dequeue().Position;
            }

            if (reached > 0)
            {
                positions.Reached(app.Id, Subscription.Topic, reached);
            }
        }

        _room.Release();
        return following;
    }

    async Task Deliver(Message message, CancellationToken ct)
    {
        for (var retry = 1; ; retry++)
        {
            var outcome = await Attempt(message, ct);
            if (outcome is Outcome.Done)
            {
                return;
            }

            if (outcome is Outcome.Retry)
            {
                var wait = resources.DeliveryRetry?.Wait(retry);
                if (wait is null && Subscription.DeadLetterTopic is null)
                {
                    // Nowhere to put it aside: like a broker that keeps what was not acknowledged, begin again.
                    (retry, wait) = (0, TimeSpan.FromSeconds(5));
                }

                if (wait is { } pause)
                {
                    await Task.Delay(pause, ct);
                    continue;
                }
            }

            await PutAside(message, ct);
            return;
        }
    }

    async Task<Outcome> Attempt(Message message, CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        try
        {
            Outcome outcome;
            do
            {
                await channel.Opened(ct);
                var current = Subscription;
                var body = current.IsRaw && message.IsRaw ? Envelope.WrapRaw(current.Pubsub, current.Topic, message.Body) : message.Body;
                outcome = message.IsRaw && !current.IsRaw || current.Route(body) is not { } route
                    ? Outcome.Drop
                    : await channel.Deliver(current.Pubsub, route, message, body, resources.DeliveryTimeout, ct);
            }
            while (outcome is Outcome.Away);

            return outcome;
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Moves the message to the dead-letter topic; without one it is let go, as Dapr does.</summary>
    async Task PutAside(Message message, CancellationToken ct)
    {
        var topic = Subscription.DeadLetterTopic;
        logger.LogWarning(
            "Message {Position} of {Topic} was not taken in by {App} and goes to {DeadLetterTopic}",
            message.Position, message.Topic, app.Id, topic ?? "nowhere");
        while (topic is not null)
        {
            try
            {
                await log.Append([new NewMessage(topic, message.Metadata, message.Body)]);
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                await Task.Delay(Pause, ct);
            }
        }
    }

    /// <summary>A message between being read and being settled; afterwards only its position is kept.</summary>
    sealed class Entry(Message message)
    {
        public Message? Message { get; private set; } = message;

        public long Position { get; } = message.Position;

        public string? Key { get; } = message.PartitionKey;

        public bool IsSettled => Message is null;

        public void Settle() => Message = null;
    }
}

/// <summary>What became of one attempt to deliver.</summary>
enum Outcome
{
    /// <summary>The application has taken it in.</summary>
    Done,

    /// <summary>It failed, and may not the next time.</summary>
    Retry,

    /// <summary>It is not wanted.</summary>
    Drop,

    /// <summary>There was nobody to ask.</summary>
    Away,
}
