using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;

namespace Governance.Monitoring;

/// <summary>The low-income population in its layers; one file per rpc.</summary>
sealed partial class LowIncomeService(Database database, ImportDesk imports, PersonalData personal) : V1.LowIncome.LowIncomeBase
{
    static V1.Recognition ToContract(Recognition recognition) => new()
    {
        Id = recognition.Id.ToString(),
        HouseholdId = recognition.Household.ToString(),
        MemberId = recognition.Member?.ToString() ?? "",
        Division = recognition.Division,
        Layer = recognition.Layer,
        SinceDate = Calendar.Format(recognition.Since),
        Document = recognition.Document,
        UntilDate = Calendar.Format(recognition.Until),
        Reason = recognition.Reason,
        Version = recognition.Version,
    };
}
