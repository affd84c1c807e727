using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<V1.Household> GetHousehold(GetHouseholdRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("household_id", request.HouseholdId);
            return ToContract(await transaction.HouseholdToShow(id));
        });
}
