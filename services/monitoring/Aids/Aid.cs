using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>The clue by which a household is identified after aid, and the last day for starting that.</summary>
sealed record AidIdentification(Guid Clue, ClueState State, DateOnly Due, PolicyCitation Citation);

/// <summary>What was found in following a household that was given aid.</summary>
sealed record FollowUp(Guid Id, DateOnly Date, string Note);

/// <summary>Aid that a household hit by a disaster was given before it is identified (MON-07).</summary>
sealed record Aid(Guid Id, Guid Household, string Division, AidKind Kind, long Amount, DateOnly Date, DisasterKind Disaster, string Responsible)
{
    public string Description { get; init; } = "";

    /// <summary><c>null</c> for a household that was monitored already.</summary>
    public AidIdentification? Identification { get; init; }

    public IReadOnlyList<FollowUp> FollowUps { get; init; } = [];

    public long Version { get; init; } = 1;

    /// <summary>The household is identified afterwards, by <paramref name="clue"/>; <paramref name="days"/> is the policy of MON-07.</summary>
    public Aid IdentifiedBy(Clue clue, PolicyValue<int> days) =>
        this with { Identification = new AidIdentification(clue.Id, clue.State, Date.AddDays(days.Value), days.Citation) };

    public Aid Follow(FollowUp followUp, DateOnly today)
    {
        Rules.FollowedLater.Require(followUp.Date >= Date && followUp.Date <= today, Calendar.Format(Date));
        return this with { FollowUps = [.. FollowUps.Append(followUp).OrderByDescending(other => other.Date)], Version = Version + 1 };
    }

    /// <summary>Whether the last day for starting the identification went by and the clue still waits.</summary>
    public bool IsOverdue(DateOnly today) => Identification is { State: ClueState.Open } identification && identification.Due < today;

    public AidGranted Granted() => new()
    {
        AidId = Id.ToString(),
        HouseholdId = Household.ToString(),
        Kind = Kind,
        AidDate = Calendar.Format(Date),
        ClueId = Identification?.Clue.ToString() ?? "",
    };

    public AidOverdue Overdue() => new()
    {
        AidId = Id.ToString(),
        HouseholdId = Household.ToString(),
        ClueId = Identification!.Clue.ToString(),
        DueDate = Calendar.Format(Identification.Due),
    };
}
