using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Personal;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>
/// A household that the origin <paramref name="From"/> asks the destination <paramref name="To"/> to take. Until that accepts, the duty
/// stays with the origin.
/// </summary>
sealed record HandOver(Guid Id, Guid Household, string From, string To, string Statement, DateOnly Proposed, DateOnly Due, PolicyCitation DueCitation)
{
    /// <summary>The householder's name, masked.</summary>
    public string Householder { get; init; } = "";

    public int MemberCount { get; init; }

    public MonitoredKind Kind { get; init; }

    public HandOverState State { get; init; } = HandOverState.Proposed;

    public string Reason { get; init; } = "";

    public long Version { get; init; } = 1;

    /// <summary>A proposal to hand a household over; <paramref name="days"/> is the policy for the answer.</summary>
    public static HandOver Propose(Guid id, Household household, string to, string statement, DateOnly today, PolicyValue<int> days)
    {
        Rules.HandOverElsewhere.Require(!Divisions.Covers(to, household.Division), to);
        return new HandOver(id, household.Id, household.Division, to, statement, today, today.AddDays(days.Value), days.Citation)
        {
            Householder = Mask.Name(household.Householder.Name),
            MemberCount = household.Members.Count,
            Kind = household.Monitored?.Kind ?? MonitoredKind.Unspecified,
        };
    }

    /// <summary>The destination's <paramref name="division"/> has a home for it in <paramref name="village"/>.</summary>
    public HandOver Accept(string division, string village)
    {
        RequireDecider(To, division);
        Rules.HandOverHome.Require(Divisions.Covers(To, village), To);
        return Decide(HandOverState.Accepted, "");
    }

    public HandOver Refuse(string division, string reason)
    {
        RequireDecider(To, division);
        return Decide(HandOverState.Refused, reason);
    }

    public HandOver Withdraw(string division, string reason)
    {
        RequireDecider(From, division);
        return Decide(HandOverState.Withdrawn, reason);
    }

    /// <summary>Whether the last day to decide went by and nothing is decided.</summary>
    public bool IsOverdue(DateOnly today) => State == HandOverState.Proposed && Due < today;

    public HandOverDecided Decided() => new() { HandOverId = Id.ToString(), HouseholdId = Household.ToString(), FromDivision = From, ToDivision = To, State = State };

    static void RequireDecider(string place, string division) => Rules.HandOverDecider.Require(Divisions.Covers(division, place), place);

    HandOver Decide(HandOverState state, string reason)
    {
        Rules.HandOverOpen.Require(State == HandOverState.Proposed);
        return this with { State = state, Reason = reason, Version = Version + 1 };
    }
}
