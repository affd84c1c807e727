using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Governance.Platform.Data;

/// <summary>
/// A background job that runs once per service however many replicas there are. Who holds the database's advisory lock works; when
/// the holder dies its connection ends, the lock is free, and another replica goes on within seconds.
/// </summary>
public abstract class SingleWorker(string name, Database database, TimeProvider time, ILogger log) : BackgroundService
{
    protected Database Database { get; } = database;

    protected TimeProvider Time { get; } = time;

    static readonly TimeSpan _retry = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The job. It must notice the end of <paramref name="connection"/>, on which the lock is held and which sees everything; when
    /// it throws it is started anew.
    /// </summary>
    protected abstract Task Work(NpgsqlConnection connection, CancellationToken stopping);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await Database.Source.OpenConnectionAsync(stoppingToken);
                if (await Acquire(connection, stoppingToken))
                    await Work(connection, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                log.LogWarning(exception, "{Worker} stopped and will start again", name);
            }
            await Task.Delay(_retry, Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task<bool> Acquire(NpgsqlConnection connection, CancellationToken stopping)
    {
        await using var command = new NpgsqlCommand(
            "select pg_try_advisory_lock(hashtextextended($1, 0)), enter_scope('', false)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = $"worker:{name}" });
        return (bool)(await command.ExecuteScalarAsync(stopping))!;
    }
}
