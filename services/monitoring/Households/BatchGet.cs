using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    const int MostAtOnce = 1_000;

    public override Task<BatchGetHouseholdsResponse> BatchGetHouseholds(BatchGetHouseholdsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var ids = request.HouseholdIds.Select((id, index) => fields.Id($"household_ids[{index}]", id)).ToList();
            if (ids.Count > MostAtOnce)
                fields.Wrong("household_ids", "TOO_MANY", $"一次最多查询 {MostAtOnce} 户。请分批查询。", $"At most {MostAtOnce} households at once. Ask in parts.");
            fields.Check();

            var shown = (await transaction.HouseholdsToShow([.. ids])).ToDictionary(shown => shown.Household.Id);
            if (ids.Where(id => !shown.ContainsKey(id)).Distinct().ToList() is { Count: > 0 } missing)
                throw new NotFoundException("household", missing);
            return new BatchGetHouseholdsResponse { Households = { ids.Select(id => ToContract(shown[id])) } };
        });
}
