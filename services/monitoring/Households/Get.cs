using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<V1.Household> GetHousehold(GetHouseholdRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("household_id", request.HouseholdId);
            var asOf = Past(fields, "as_of_date", request.AsOfDate, transaction.Today, required: false);
            fields.Check();

            if (asOf is not { } day)
                return ToContract(await transaction.HouseholdToShow(id));
            var revision = await transaction.HouseholdAsOf(id, Calendar.StartOf(day.AddDays(1))) ?? throw new NotFoundException("household", id.ToString());
            return ToContract(revision.Summary());
        });
}
