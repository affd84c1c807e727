using Governance.Platform.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Governance.Platform.Audit;

/// <summary>Seals new entries within seconds, so that there is little time to change one unseen.</summary>
sealed class AuditSealer(Database database, TimeProvider time, ILogger<AuditSealer> log) : SingleWorker("audit sealer", database, time, log)
{
    static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        await using var alive = new NpgsqlCommand("select 1", connection);
        while (true)
        {
            await alive.ExecuteScalarAsync(stopping);
            await AuditChain.Seal(Database, stopping);
            await Task.Delay(_pause, Time, stopping);
        }
    }
}
