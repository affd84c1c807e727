using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<V1.Household> MoveHousehold(MoveHouseholdRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("household_id", request.HouseholdId);
            var home = ParseHome(fields, "", request.Division, request.SettlementId, request.Building, request.Unit, request.Room,
                request.GridId);
            fields.Check();

            var before = await transaction.Household(id);
            if (before.Home != home)
            {
                // The procedure's steps belong to the place where it began.
                Rules.DecisionPending.Require(!await transaction.IsBeingDecided(id));
                await RequireHome(transaction, home);
                var after = before.Move(home);
                await transaction.Save(before, after);
                transaction.Publish(new HouseholdMoved
                {
                    Household = after.Facts(),
                    FromDivision = before.Division,
                    FromSettlementId = before.Home.Settlement?.ToString() ?? "",
                }, id.ToString(), after.Division, after.Version);
            }
            return ToContract(await transaction.HouseholdToShow(id));
        });
}
