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
            // It is in scope from here on.
            await HouseholdsService.Move(transaction, procedures, await transaction.Household(accepted.Household), home, accepted.From);
            return await Save(transaction, accepted, accepted.From);
        });
}
