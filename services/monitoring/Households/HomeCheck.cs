using Governance.Platform.Data;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    static Task RequireHome(Transaction transaction, Home home) => Task.CompletedTask;
}
