using Google.Protobuf.WellKnownTypes;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Personal;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Verification of assets; one file per rpc.</summary>
sealed partial class VerificationsService(Database database, PolicyBook policies, PersonalData personal,
    Platform.Procedures.Procedures procedures) : V1.Verifications.VerificationsBase
{
    static V1.Verification ToContract(VerificationShown shown)
    {
        var verification = shown.Verification;
        return new V1.Verification
        {
            Id = verification.Id.ToString(),
            DepartmentListId = verification.List.ToString(),
            HouseholdId = verification.Household.ToString(),
            MemberId = verification.Member.ToString(),
            Division = verification.Division,
            Kind = verification.Kind,
            NameDiffers = verification.NameDiffers,
            State = verification.State,
            Finding = verification.Finding is { } finding ? ToContract(finding) : null,
            SubmissionId = verification.Submission?.ToString() ?? "",
            CreateTime = shown.Created.ToTimestamp(),
            UpdateTime = shown.Updated.ToTimestamp(),
        };
    }

    static V1.Finding ToContract(Finding finding) => new()
    {
        IsTrue = finding.Checked.IsTrue,
        OccurredDate = Calendar.Format(finding.Checked.Occurred),
        Veto = finding.Checked.Veto,
        Spared = finding.Checked.Spared,
        Figure = finding.Checked.Figure,
        Reason = finding.Checked.Reason,
        Outcome = finding.Outcome,
        CutOffCitation = finding.CutOffCitation,
        VetoCitation = finding.VetoCitation,
    };

    static V1.Submission ToContract(SubmissionShown shown)
    {
        var submission = shown.Submission;
        return new V1.Submission
        {
            Id = submission.Id.ToString(),
            DepartmentListId = submission.List.ToString(),
            Division = submission.Division,
            State = submission.State,
            Verifications = submission.Verifications,
            ProcedureId = submission.Procedure.ToString(),
            CreateTime = shown.Created.ToTimestamp(),
            UpdateTime = shown.Updated.ToTimestamp(),
        };
    }
}
