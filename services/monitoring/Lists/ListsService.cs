using Google.Protobuf.WellKnownTypes;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Department lists and who may see what they say; one file per rpc.</summary>
sealed partial class ListsService(Database database, PolicyBook policies, PersonalData personal, ImportDesk imports) : V1.Lists.ListsBase
{
    static V1.DepartmentList ToContract(DepartmentListShown shown)
    {
        var list = shown.List;
        return new V1.DepartmentList
        {
            Id = list.Id.ToString(),
            Division = list.Division,
            Kind = list.Kind,
            Department = list.Department,
            ReferenceDate = Calendar.Format(list.Reference),
            RegistrantId = list.RegistrantId,
            RegistrantName = list.RegistrantName,
            KeepUntil = Calendar.Format(list.KeepUntil),
            KeepCitation = list.KeepCitation,
            EraseTime = list.Erased?.ToTimestamp(),
            CreateTime = shown.Created.ToTimestamp(),
        };
    }

    static V1.Reviewer ToContract(Reviewer reviewer) => new()
    {
        Id = reviewer.Id.ToString(),
        DepartmentListId = reviewer.List.ToString(),
        Division = reviewer.Division,
        Subject = reviewer.Subject,
        CreateTime = reviewer.Assigned.ToTimestamp(),
        RevokeTime = reviewer.RevokedAt?.ToTimestamp(),
    };
}
