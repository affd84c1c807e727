using Governance.Monitoring.V1;
using Governance.Platform.Data;
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
                await RequireHome(transaction, home);
                await Move(transaction, procedures, before, home, before.Division);
            }
            return ToContract(await transaction.HouseholdToShow(id));
        });

    /// <summary>
    /// Moves a household to a new home and tells of it. Its own procedures go along, because it is the duty of the place that it lives in
    /// (S0 三(五)). A list that its village decides on stays there, and so does who is on it.
    /// </summary>
    internal static async Task Move(Transaction transaction, Platform.Procedures.Procedures procedures, Household before, Home home, string from)
    {
        var leaves = from != home.Division;
        Rules.OnVillageList.Require(!leaves || !await transaction.IsOnVillageList(before.Id));
        var after = before.Move(home);
        await transaction.Save(before, after);
        if (leaves)
        {
            foreach (var procedure in await transaction.ProceduresOf(after.Id))
                await procedures.Follow(transaction, procedure, from, after.Division);
        }
        transaction.Publish(new HouseholdMoved
        {
            Household = after.Facts(),
            FromDivision = from,
            FromSettlementId = before.Home.Settlement?.ToString() ?? "",
        }, after.Id.ToString(), after.Division, after.Version);
    }
}
