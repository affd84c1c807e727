using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Governance.Local.Sidecar;

/// <summary>Saves how far subscribers have come: soon, and many at once.</summary>
sealed class Positions(SidecarStore store, ILogger<Positions> log)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<(string Subscriber, string Topic), long> _unsaved = new();
    readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
    });

    public void Reached(string subscriber, string topic, long position)
    {
        _unsaved[(subscriber, topic)] = position;
        _wake.Writer.TryWrite(true);
    }

    public async Task Run(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await _wake.Reader.ReadAsync(ct);
                await Task.Delay(await Save(ct) ? Pause : PauseAfterFailure, ct);
            }
        }
        finally
        {
            await Save(CancellationToken.None);
        }
    }

    async Task<bool> Save(CancellationToken ct)
    {
        List<(string Subscriber, string Topic, long Position)> positions = [];
        foreach (var key in _unsaved.Keys)
        {
            if (_unsaved.TryRemove(key, out var position))
            {
                positions.Add((key.Subscriber, key.Topic, position));
            }
        }

        if (positions.Count == 0)
        {
            return true;
        }

        try
        {
            await store.SavePositions(positions, ct);
            return true;
        }
        catch (Exception exception)
        {
            log.LogWarning(exception, "How far {Count} subscriptions have come could not be saved; it is tried again", positions.Count);
            foreach (var (subscriber, topic, position) in positions)
            {
                _unsaved.TryAdd((subscriber, topic), position);
            }

            _wake.Writer.TryWrite(true);
            return false;
        }
    }
}
