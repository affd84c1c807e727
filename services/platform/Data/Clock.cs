using Microsoft.Extensions.Logging;
using Npgsql;

namespace Governance.Platform.Data;

/// <summary>Does what time brings, again and again: in one replica at a time, each time when <paramref name="interval"/> has passed.</summary>
public abstract class Clock(string name, TimeSpan interval, Database database, TimeProvider time, ILogger log) : SingleWorker(name, database, time, log)
{
    protected sealed override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        while (true)
        {
            await Tick(stopping);
            // Nobody notifies: this is a delay that ends with an exception when the connection, and so the lock, is lost.
            await connection.WaitAsync(interval, stopping);
        }
    }

    /// <summary>Does what is due now, and does not do again what was done before.</summary>
    public abstract Task Tick(CancellationToken cancellation);
}
