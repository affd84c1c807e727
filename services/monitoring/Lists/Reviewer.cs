using Governance.Monitoring.V1;

namespace Governance.Monitoring;

/// <summary>Somebody, by the subject of the token, who may see what a list says of the people of a division (MON-15).</summary>
sealed record Reviewer(Guid Id, Guid List, string Division, string Subject, DateTimeOffset Assigned)
{
    public DateTimeOffset? RevokedAt { get; init; }

    public long Version { get; init; } = 1;

    /// <summary>An assignment by somebody else.</summary>
    public static Reviewer Assign(Guid id, Guid list, string division, string subject, string by, DateTimeOffset now)
    {
        Rules.NotOneself.Require(subject != by);
        return new Reviewer(id, list, division, subject, now);
    }

    public Reviewer Revoke(DateTimeOffset now) => this with { RevokedAt = now, Version = Version + 1 };

    public ReviewerAssigned AssignedEvent() => new() { ReviewerId = Id.ToString(), DepartmentListId = List.ToString(), Subject = Subject };

    public ReviewerRevoked RevokedEvent() => new() { ReviewerId = Id.ToString(), DepartmentListId = List.ToString(), Subject = Subject };
}
