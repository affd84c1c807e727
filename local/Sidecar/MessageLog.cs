using System.Collections.Concurrent;
using System.Threading.Channels;
using Npgsql;

namespace Governance.Local.Sidecar;

/// <summary>Where publishers append and subscribers read. Publishers that come at the same time share one commit.</summary>
sealed class MessageLog(SidecarStore store, ILogger<MessageLog> log)
{
    const int MostPerCommit = 1000;

    readonly Channel<(IReadOnlyList<NewMessage> Messages, TaskCompletionSource Stored)> _queue =
        Channel.CreateUnbounded<(IReadOnlyList<NewMessage>, TaskCompletionSource)>(new() { SingleReader = true });

    readonly ConcurrentDictionary<string, TaskCompletionSource> _next = new(StringComparer.Ordinal);

    NpgsqlConnection? _appender;

    /// <summary>Whether messages can be stored now.</summary>
    public bool IsHealthy => _appender is not null;

    /// <summary>Takes hold of the log.</summary>
    /// <exception cref="InvalidOperationException">Another sidecar has it.</exception>
    public async Task Open(CancellationToken ct)
    {
        await store.Migrate(ct);
        _appender = await store.OpenAppender(ct);
    }

    /// <summary>Completes when the messages are stored, all or none; throws when they could not be.</summary>
    public Task Append(IReadOnlyList<NewMessage> messages)
    {
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _queue.Writer.TryWrite((messages, stored))
            ? stored.Task
            : Task.FromException(new OperationCanceledException("The sidecar is stopping."));
    }

    public Task<List<Message>> Read(string topic, long after, int limit, CancellationToken ct) => store.Read(topic, after, limit, ct);

    /// <summary>Completes at the next message of the topic. Ask before reading, and nothing slips in between.</summary>
    public Task Next(string topic) =>
        _next.GetOrAdd(topic, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Stores what is appended, until cancelled.</summary>
    public async Task Run(CancellationToken ct)
    {
        List<NewMessage> messages = [];
        List<TaskCompletionSource> publishers = [];
        try
        {
            while (await _queue.Reader.WaitToReadAsync(ct))
            {
                messages.Clear();
                publishers.Clear();
                while (messages.Count < MostPerCommit && _queue.Reader.TryRead(out var append))
                {
                    messages.AddRange(append.Messages);
                    publishers.Add(append.Stored);
                }

                await Store(_appender!, messages, publishers, ct);
                await Reopen(ct);
            }
        }
        finally
        {
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var append))
            {
                append.Stored.TrySetCanceled(CancellationToken.None);
            }

            await Close();
        }
    }

    async Task Store(NpgsqlConnection appender, List<NewMessage> messages, List<TaskCompletionSource> publishers, CancellationToken ct)
    {
        try
        {
            await SidecarStore.Append(appender, messages, ct);
        }
        catch (Exception exception)
        {
            // The publishers are told, and try again.
            log.LogError(exception, "{Count} messages could not be stored", messages.Count);
            await Close();
            publishers.ForEach(publisher => publisher.TrySetException(exception));
            return;
        }

        publishers.ForEach(publisher => publisher.TrySetResult());
        foreach (var topic in messages.Select(message => message.Topic).Distinct(StringComparer.Ordinal))
        {
            if (_next.TryRemove(topic, out var next))
            {
                next.SetResult();
            }
        }
    }

    async Task Reopen(CancellationToken ct)
    {
        while (_appender is null)
        {
            try
            {
                _appender = await store.OpenAppender(ct);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "The database cannot be reached; it is tried again");
                await Task.Delay(TimeSpan.FromSeconds(1), ct);
            }
        }
    }

    async Task Close()
    {
        if (_appender is { } appender)
        {
            _appender = null;
            // Back in the pool it would keep the lock.
            NpgsqlConnection.ClearPool(appender);
            await appender.DisposeAsync();
        }
    }
}
