using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>Erases what lists say of people once their days are over (MON-15): nobody has to remember to.</summary>
sealed class ListClock(Database database, TimeProvider time, ILogger<ListClock> log) : SingleWorker("list clock", database, time, log)
{
    static readonly TimeSpan _interval = TimeSpan.FromMinutes(10);

    protected override async Task Work(NpgsqlConnection connection, CancellationToken stopping)
    {
        while (true)
        {
            await Tick(stopping);
            // Nobody notifies: this is a delay that ends with an exception when the connection, and so the lock, is lost.
            await connection.WaitAsync(_interval, stopping);
        }
    }

    /// <summary>Erases what is to be erased today.</summary>
    public Task Tick(CancellationToken cancellation) => Database.TransactAsSystem("list clock", async transaction =>
    {
        foreach (var (list, _) in await transaction.EraseLists())
            transaction.Publish(new ListErased { DepartmentListId = list.Id.ToString() }, list.Id.ToString(), list.Division, list.Version);
    }, cancellation);
}
