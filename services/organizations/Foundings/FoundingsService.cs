using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Organizations;

sealed partial class FoundingsService(Database database, PolicyBook policies, Platform.Procedures.Procedures procedures)
    : V1.Foundings.FoundingsBase
{
    /// <summary>The procedure of the policy files that a founding runs.</summary>
    public const string Procedure = "organizations.founding";

    static V1.Founding ToContract(Founding founding, DateOnly today) => new()
    {
        Id = founding.Id.ToString(),
        SettlementId = founding.SettlementId.ToString(),
        Kind = founding.Facts.Kind,
        Name = founding.Facts.Name,
        ApprovalDate = Calendar.Format(founding.Facts.ApprovalDate),
        ApprovalDocument = founding.Facts.ApprovalDocument,
        State = founding.State,
        DueDate = Calendar.Format(founding.DueDate),
        DueCitation = founding.DueCitation,
        Overdue = founding.IsOverdue(today),
        CompletionDate = Calendar.Format(founding.CompletionDate),
        ProcedureId = founding.ProcedureId.ToString(),
        Division = founding.Division,
        Version = founding.Version,
    };
}
