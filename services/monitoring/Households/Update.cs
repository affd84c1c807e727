using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<V1.Household> UpdateHousehold(UpdateHouseholdRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("household.id", request.Household.Id);
            fields.Check();

            var before = await transaction.Household(id);
            var shown = ToContract(await transaction.HouseholdToShow(id));
            var changed = shown.Changed(request.Household, request.UpdateMask,
                "category", "low_income_categories", "origin_division", "building", "unit", "room", "grid_id", "dwelling_grade", "water_safety");
            changed.Members.Clear();
            var parsed = Parse(fields, id, changed, transaction.Today);
            fields.Check();

            return await Save(transaction, before, before.Update(household =>
                parsed with { Members = household.Members, Monitored = household.Monitored, Version = household.Version }));
        });
}
