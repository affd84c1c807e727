using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Microsoft.Extensions.Logging;

namespace Governance.Monitoring;

/// <summary>Erases what lists say of people once their days are over (MON-15): nobody has to remember to.</summary>
sealed class ListClock(Database database, TimeProvider time, ILogger<ListClock> log) : Clock("list clock", TimeSpan.FromMinutes(10), database, time, log)
{
    /// <summary>Erases what is to be erased today.</summary>
    public override Task Tick(CancellationToken cancellation) => Database.TransactAsSystem("list clock", async transaction =>
    {
        foreach (var (list, _) in await transaction.EraseLists())
            transaction.Publish(new ListErased { DepartmentListId = list.Id.ToString() }, list.Id.ToString(), list.Division, list.Version);
    }, cancellation);
}
