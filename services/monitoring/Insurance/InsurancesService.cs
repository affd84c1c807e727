using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Medical insurance by member and year, and its subsidies (MON-16); one file per rpc.</summary>
sealed partial class InsurancesService(Database database, ImportDesk imports, PolicyBook policies, PersonalData personal) : V1.Insurances.InsurancesBase
{
    static V1.Subsidy ToContract(Subsidy subsidy) => new()
    {
        Id = subsidy.Id.ToString(),
        MemberId = subsidy.Member.ToString(),
        HouseholdId = subsidy.Household.ToString(),
        Division = subsidy.Division,
        Year = subsidy.Year,
        Category = subsidy.Category,
        AmountFen = subsidy.Amount,
        Citation = subsidy.Citation,
        State = subsidy.State,
        StateDate = Calendar.Format(subsidy.StateDate),
        Failure = subsidy.Failure,
    };

    static SubsidyConfirmation ToContract(Confirmation confirmation) => new()
    {
        Id = confirmation.Id.ToString(),
        Division = confirmation.Division,
        Year = confirmation.Year,
        Subsidies = confirmation.Subsidies,
        AmountFen = confirmation.Amount,
        ConfirmedDate = Calendar.Format(confirmation.Confirmed),
    };
}
