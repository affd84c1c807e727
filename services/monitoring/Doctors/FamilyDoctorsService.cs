using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Family doctors and major diseases (MON-17); one file per rpc.</summary>
sealed partial class FamilyDoctorsService(Database database, PolicyBook policies) : V1.FamilyDoctors.FamilyDoctorsBase
{
    static V1.Signing ToContract(Signing signing, DateOnly today) => new()
    {
        Id = signing.Id.ToString(),
        MemberId = signing.Member.ToString(),
        HouseholdId = signing.Household.ToString(),
        Division = signing.Division,
        Institution = signing.Institution,
        Doctor = signing.Doctor,
        SignedDate = Calendar.Format(signing.Signed),
        UntilDate = Calendar.Format(signing.Until),
        Diseases = { signing.Diseases },
        LastVisitDate = Calendar.Format(signing.LastVisit),
        Finding = signing.Finding,
        VisitDueDate = Calendar.Format(signing.VisitDue),
        VisitOverdue = signing.IsOverdue(today),
        Citation = signing.Citation,
        Version = signing.Version,
    };

    static V1.Illness ToContract(Illness illness) => new()
    {
        Id = illness.Id.ToString(),
        MemberId = illness.Member.ToString(),
        HouseholdId = illness.Household.ToString(),
        Division = illness.Division,
        Disease = illness.Disease,
        DiagnosedDate = Calendar.Format(illness.Diagnosed),
        State = illness.State,
        Hospital = illness.Hospital,
        Note = illness.Note,
        StateDate = Calendar.Format(illness.StateDate),
        Version = illness.Version,
    };
}
