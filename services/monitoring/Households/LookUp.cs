using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;
using static Governance.Monitoring.V1.LookUpHouseholdResponse.Types;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<LookUpHouseholdResponse> LookUpHousehold(LookUpHouseholdRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var number = Identity(fields, "identity_number", request.IdentityNumber, transaction.Today);
            fields.Check();

            var hash = personal.Hash(number!.Value);
            var (household, member, found) = await transaction.FindPerson(hash);
            if (found is not null)
                return new LookUpHouseholdResponse { Registration = Registration.Here,
                    Household = ToContract(await transaction.HouseholdToShow(household)), MemberId = member.ToString() };
            return new LookUpHouseholdResponse { Registration = await transaction.IsRegistered(hash) ? Registration.Elsewhere : Registration.None };
        });
}
