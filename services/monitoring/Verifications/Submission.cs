using Governance.Monitoring.V1;

namespace Governance.Monitoring;

/// <summary>A village's verifications of a list on their way to the county.</summary>
sealed record Submission(Guid Id, Guid List, string Division, int Verifications, Guid Procedure)
{
    public SubmissionState State { get; init; } = SubmissionState.Submitted;

    public long Version { get; init; } = 1;

    public Submission Decide(bool filed) =>
        this with { State = filed ? SubmissionState.Filed : SubmissionState.SentBack, Version = Version + 1 };

    public VerificationsSubmitted SubmittedEvent() => new()
    {
        SubmissionId = Id.ToString(), DepartmentListId = List.ToString(), Verifications = Verifications,
    };
}
