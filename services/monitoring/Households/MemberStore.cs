using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;

namespace Governance.Monitoring;

/// <summary>A member as what is done for one person needs it; name and number stay in the registry.</summary>
sealed record MemberFacts(Guid Id, Guid Household, string Division, DateOnly Birth, IReadOnlyList<HealthCondition> Health, SchoolStatus School);

/// <summary>The SQL of what is done for one member rather than for a household.</summary>
static class MemberStore
{
    /// <summary>The member, whose household keeps its place until the transaction ends.</summary>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<MemberFacts> Member(this Transaction transaction, Guid id) => await transaction.First(
        """
        select member.id, member.household_id, member.division, member.birth_date, member.health_conditions, member.school_status
        from members as member join households as household on household.id = member.household_id
        where member.id = $1 for update of household
        """,
        row => new MemberFacts(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetFieldValue<DateOnly>(3),
            Array.ConvertAll(row.GetFieldValue<short[]>(4), number => (HealthCondition)number), (SchoolStatus)row.GetInt16(5)),
        id) ?? throw new NotFoundException("member", id.ToString());
}
