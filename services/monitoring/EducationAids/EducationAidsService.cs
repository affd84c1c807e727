using Google.Protobuf.WellKnownTypes;
using Governance.Platform.Data;

namespace Governance.Monitoring;

/// <summary>Education aid; one file per rpc.</summary>
sealed partial class EducationAidsService(Database database, Platform.Procedures.Procedures procedures) : V1.EducationAids.EducationAidsBase
{
    static V1.EducationAid ToContract(EducationAidShown shown)
    {
        var aid = shown.Aid;
        return new V1.EducationAid
        {
            Id = aid.Id.ToString(),
            HouseholdId = aid.Household.ToString(),
            MemberId = aid.Pupil.ToString(),
            Division = aid.Division,
            School = aid.School,
            Stage = aid.Stage,
            SchoolYear = aid.SchoolYear,
            AmountFen = aid.Amount,
            Finding = aid.Finding,
            State = aid.State,
            ProcedureId = aid.Procedure.ToString(),
            Version = aid.Version,
            CreateTime = shown.Created.ToTimestamp(),
            UpdateTime = shown.Updated.ToTimestamp(),
        };
    }
}
