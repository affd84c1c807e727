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
            return (await transaction.RegisteredPeople([hash])).FirstOrDefault() switch
            {
                { Household: { } household } person => new LookUpHouseholdResponse
                {
                    Registration = Registration.Here,
                    Household = ToContract(await transaction.HouseholdToShow(household)),
                    MemberId = person.Member.ToString(),
                },
                null => new LookUpHouseholdResponse { Registration = Registration.None },
                _ => new LookUpHouseholdResponse { Registration = Registration.Elsewhere },
            };
        });
}
