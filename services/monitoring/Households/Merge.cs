using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<V1.Household> MergeHouseholds(MergeHouseholdsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("household_id", request.HouseholdId);
            var absorbed = fields.Id("absorbed_household_id", request.AbsorbedHouseholdId);
            var relations = Relations(fields, request.Relations);
            fields.Check();

            Rules.MergeOther.Require(id != absorbed);
            // Both are locked in the order of their ids, so that two mergers the other way round do not wait for each other.
            var found = await transaction.Households([id, absorbed]);
            var before = found.Find(household => household.Id == id) ?? throw new NotFoundException("household", id.ToString());
            if (found.Find(household => household.Id == absorbed) is not { } other)
            {
                var merged = await transaction.MergedInto(id, absorbed);
                if (merged.Count == 0)
                    throw new NotFoundException("household", absorbed.ToString());
                if (merged.Any(came => relations.GetValueOrDefault(came.Key, Relation.Other) != came.Value))
                    throw new AlreadyExistsException("household", "relations");
                return ToContract(await transaction.HouseholdToShow(id));
            }
            RequireMembers(other, relations.Keys);
            Rules.DecisionPending.Require(!await transaction.IsBeingDecided(id) && !await transaction.IsBeingDecided(absorbed));

            var after = before.Absorb(other, relations);
            await transaction.Transfer(after, after.Members.Skip(before.Members.Count));
            await transaction.Save(before with { Members = after.Members }, after);
            foreach (var (quarter, version) in await transaction.AddUpIncomes(id, absorbed))
                transaction.Publish(new IncomeRecorded { HouseholdId = id.ToString(), Year = quarter.Year, Quarter = quarter.Number },
                    $"{id}/{quarter.Year}Q{quarter.Number}", after.Division, version);
            await transaction.TakeAlong(id, absorbed);
            if (after.Monitored is not null)
                await transaction.IdentifyWaitingClues(id);
            var last = await transaction.Close(other);
            transaction.Publish(new HouseholdClosed { HouseholdId = absorbed.ToString(), CloseDate = Calendar.Format(transaction.Today),
                MergedIntoHouseholdId = id.ToString() }, absorbed.ToString(), other.Division, last);
            transaction.Publish(new HouseholdMerged { Household = after.Facts(), AbsorbedHouseholdId = absorbed.ToString() }, id.ToString(), after.Division,
                after.Version);
            return ToContract(await transaction.HouseholdToShow(id));
        });
}
