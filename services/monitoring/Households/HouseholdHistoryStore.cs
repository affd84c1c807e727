using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;
using static Governance.Monitoring.HouseholdStore;

namespace Governance.Monitoring;

/// <summary>
/// The SQL of what households were. Triggers write it (migration 0010); a kept row becomes a row of its table again by
/// <c>jsonb_populate_record</c>.
/// </summary>
static class HouseholdHistoryStore
{
    /// <summary>The household as it was just before an instant, or <c>null</c> when nothing of that is in scope.</summary>
    public static async Task<Revision?> HouseholdAsOf(this Transaction transaction, Guid id, DateTimeOffset instant)
    {
        var revision = await transaction.First(
            $"""
            select {Columns}, closed_date, actor, actor_name, action from households where id = $1 and update_time < $2
            union all
            select household.*
            from household_history as kept
            cross join lateral (
                select {Columns}, closed_date, actor, actor_name, action from jsonb_populate_record(null::households, kept.content)) as household
            where kept.household_id = $1 and household.update_time < $2 and kept.until >= $2
            order by version desc limit 1
            """, ReadRevision, id, instant);
        return revision?.With(await transaction.Memberships(id));
    }

    /// <summary>The versions of a household before <paramref name="version"/>, latest first, without their members.</summary>
    public static Task<List<Revision>> Revisions(this Transaction transaction, Guid id, long version, int limit) => transaction.Query(
        $"""
        select {Columns}, closed_date, actor, actor_name, action from households where id = $1 and version < $2
        union all
        select household.*
        from household_history as kept
        cross join lateral (
            select {Columns}, closed_date, actor, actor_name, action from jsonb_populate_record(null::households, kept.content)) as household
        where kept.household_id = $1 and kept.version < $2
        order by version desc limit $3
        """, ReadRevision, id, version, limit);

    /// <summary>Who was ever a member of the household, what they were, and from which of its versions until which.</summary>
    public static async Task<List<Membership>> Memberships(this Transaction transaction, Guid household)
    {
        var kept = await transaction.Query(
            $"""
            with kept as (
                select members as person, null::xid8 as until_id, 0::smallint as reason, null::date as removal_date from members where household_id = $1
                union all
                select jsonb_populate_record(null::members, content), until_transaction_id, removal_reason, removal_date from member_history where household_id = $1
            ), made as materialized (
                select version, transaction_id from household_versions where household_id = $1
            )
            select {MemberColumns},
                   -- What made no version of the household counts to the one before it.
                   coalesce((select min(version) from made where made.transaction_id = member.transaction_id),
                            (select max(version) from made where made.transaction_id < member.transaction_id), 0),
                   coalesce((select min(version) from made where made.transaction_id = kept.until_id),
                            (select max(version) from made where made.transaction_id < kept.until_id)),
                   kept.reason, kept.removal_date,
                   (select other.household_id from member_history as other
                    where other.member_id = member.id and other.until_transaction_id = member.transaction_id and other.household_id <> $1),
                   (select other.household_id
                    from (select id, household_id, transaction_id from members union all select member_id, household_id, transaction_id from member_history) as other
                    where other.id = member.id and other.transaction_id = kept.until_id and other.household_id <> $1)
            from kept cross join lateral (select (kept.person).*) as member
            """, ReadMembership, household);
        return kept.FindAll(person => person.Until is null || person.From < person.Until);
    }

    static Revision ReadRevision(NpgsqlDataReader row) => new(
        ReadHousehold(row), row.GetFieldValue<DateTimeOffset>(16), row.GetFieldValue<DateTimeOffset>(17), row.IsDBNull(18) ? null : row.GetFieldValue<DateOnly>(18),
        row.GetString(19), row.GetString(20), row.GetString(21));

    static Membership ReadMembership(NpgsqlDataReader row) => new(ReadMember(row, 0), row.GetInt64(16), row.IsDBNull(17) ? null : row.GetInt64(17))
    {
        Reason = (RemovalReason)row.GetInt16(18),
        Left = row.IsDBNull(19) ? null : row.GetFieldValue<DateOnly>(19),
        CameFrom = row.IsDBNull(20) ? null : row.GetGuid(20),
        WentTo = row.IsDBNull(21) ? null : row.GetGuid(21),
    };
}
