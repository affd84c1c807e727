using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform;

namespace Governance.Organizations;

/// <summary>
/// A new village or community on its way from the county's approval to its first organisations. The steps and their clocks are the
/// procedure's; this is what was approved, by when it is due, and how it ended. [ORG-03]
/// </summary>
sealed record Founding(
    Guid Id, Guid SettlementId, string Division, FoundingFacts Facts, FoundingState State, DateOnly DueDate, PolicyCitation DueCitation,
    DateOnly? CompletionDate, Guid ProcedureId, long Version)
{
    /// <summary>What has to be there in the end, beside a committee of the kind that was approved.</summary>
    static readonly OrganizationKind[] _needed =
    [
        OrganizationKind.PartyOrganization,
        OrganizationKind.PublicHealthSubcommittee,
        OrganizationKind.MediationSubcommittee,
        OrganizationKind.PublicSecuritySubcommittee,
    ];

    public static Founding Approve(
        Guid id, Settlement settlement, FoundingFacts facts, Level level, DateOnly due, PolicyCitation citation, DateOnly today)
    {
        Rules.CountyApproves.Require(level == Level.County);
        Rules.ApprovalDate.Require(facts.ApprovalDate <= today);
        return new(
            id, settlement.Id, settlement.Facts.Division, facts, FoundingState.Running, due, citation,
            CompletionDate: null, ProcedureId: Guid.Empty, Version: 1);
    }

    /// <summary>Ends it as its procedure ended. What was elected and set up must be in the registry by then.</summary>
    public Founding Complete(Outcome outcome, IReadOnlySet<OrganizationKind> registered, DateOnly today)
    {
        if (outcome == Outcome.Approve)
        {
            var committee = Facts.Kind == FoundingKind.Village ? OrganizationKind.VillagersCommittee : OrganizationKind.ResidentsCommittee;
            var missing = _needed.Append(committee).Where(kind => !registered.Contains(kind)).ToList();
            Rules.FoundingRegistered.Require(missing.Count == 0, string.Join(", ", missing));
        }
        return this with
        {
            State = outcome == Outcome.Approve ? FoundingState.Completed : FoundingState.Rejected,
            CompletionDate = today,
            Version = Version + 1,
        };
    }

    public bool IsOverdue(DateOnly today) => State == FoundingState.Running && today > DueDate;

    public FoundingApproved ToApproved() => new()
    {
        Id = Id.ToString(),
        SettlementId = SettlementId.ToString(),
        Kind = Facts.Kind,
        ApprovalDate = Calendar.Format(Facts.ApprovalDate),
        DueDate = Calendar.Format(DueDate),
        Version = Version,
    };

    public FoundingCompleted ToCompleted() => new()
    {
        Id = Id.ToString(),
        SettlementId = SettlementId.ToString(),
        State = State,
        CompletionDate = Calendar.Format(CompletionDate),
        InTime = CompletionDate <= DueDate,
        Version = Version,
    };
}

/// <summary>What the county approved, and with which document.</summary>
sealed record FoundingFacts(FoundingKind Kind, string Name, DateOnly ApprovalDate, string ApprovalDocument);
