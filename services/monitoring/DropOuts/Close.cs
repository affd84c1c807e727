using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class DropOutsService
{
    public override Task<V1.DropOut> CloseDropOut(CloseDropOutRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("drop_out_id", request.DropOutId);
            var outcome = fields.Choice("outcome", request.Outcome);
            fields.Check();

            var before = await transaction.DropOut(id);
            if (before.Outcome == outcome)
                return ToContract(before, transaction.Today);
            var age = SchoolAge.Of(policies, before.Division, Term.Of(transaction.Today));
            var pupil = (await transaction.FindHousehold(before.Household))?.Members.FirstOrDefault(other => other.Id == before.Member);
            var after = before.Close(outcome, mustAttend: pupil?.Birth >= age.BornFrom, transaction.Today);
            await transaction.Save(after);
            transaction.Publish(new DropOutClosed { DropOutId = id.ToString(), HouseholdId = after.Household.ToString(), Outcome = outcome },
                id.ToString(), after.Division, after.Version);

            // What the registry says would open the case again.
            await KeepSchool(transaction, after.Household, after.Member, after.School);
            return ToContract(after, transaction.Today);
        });
}
