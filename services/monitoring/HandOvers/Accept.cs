using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HandOversService
{
    public override Task<V1.HandOver> AcceptHandOver(AcceptHandOverRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("hand_over_id", request.HandOverId);
            var home = HouseholdsService.ParseHome(fields, "", request.Division, request.SettlementId, request.Building, request.Unit, request.Room,
                request.GridId);
            fields.Check();

            var accepted = (await transaction.HandOver(id)).HandOver.Accept(transaction.Caller.Division, home.Division);
            await HouseholdsService.RequireHome(transaction, home);
            Rules.HandOverGone.Require(await transaction.TakeOver(id, home.Division));
            // It is in scope from here on. A procedure's steps belong to the place where it began.
            Rules.DecisionPending.Require(!await transaction.IsBeingDecided(accepted.Household));
            var before = await transaction.Household(accepted.Household);
            var after = before.Move(home);
            await transaction.Save(before, after);
            transaction.Publish(new HouseholdMoved
            {
                Household = after.Facts(),
                FromDivision = accepted.From,
                FromSettlementId = before.Home.Settlement?.ToString() ?? "",
            }, after.Id.ToString(), after.Division, after.Version);
            return await Save(transaction, accepted, accepted.From);
        });
}
