using Governance.Monitoring.V1;

namespace Governance.Monitoring;

/// <summary>A household as one change made it, and whose change that was.</summary>
sealed record Revision(Household Household, DateTimeOffset Created, DateTimeOffset Updated, DateOnly? Closed, string Actor, string ActorName, string Action)
{
    public long Version => Household.Version;

    public HouseholdSummary Summary() =>
        new(Household, Household.Members.FirstOrDefault(member => member.Relation == Relation.Householder)?.Name ?? "", Household.Members.Count, Created, Updated)
        {
            Closed = Closed,
        };

    /// <summary>The revision with those of <paramref name="people"/> who were members then.</summary>
    public Revision With(IEnumerable<Membership> people) => this with
    {
        Household = Household with
        {
            Members =
            [
                .. people.Where(person => person.Holds(Version)).Select(person => person.Member)
                    .OrderBy(member => member.Relation).ThenBy(member => member.Birth).ThenBy(member => member.Id),
            ],
        },
    };
}

/// <summary>
/// What a member was from one version of the household until another; <paramref name="Until"/> is missing for what holds still.
/// <paramref name="CameFrom"/> and <paramref name="WentTo"/> are the other household of a split or a merger.
/// </summary>
sealed record Membership(Member Member, long From, long? Until)
{
    public RemovalReason Reason { get; init; }

    public DateOnly? Left { get; init; }

    public Guid? CameFrom { get; init; }

    public Guid? WentTo { get; init; }

    public bool Holds(long version) => From <= version && (Until is null || version < Until);
}
