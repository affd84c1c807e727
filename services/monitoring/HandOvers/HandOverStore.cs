using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>A hand-over with the times of its making and its last change.</summary>
sealed record HandOverShown(HandOver HandOver, DateTimeOffset Created, DateTimeOffset Updated);

/// <summary>The SQL of hand-overs.</summary>
static class HandOverStore
{
    const string Columns =
        """
        id, household_id, division, to_division, statement, proposed_date, due_date, due_citation::text, householder, member_count, monitored_kind,
        state, reason, version, create_time, update_time
        """;

    /// <summary>The hand-over from or to the scope, or <c>null</c> when there is none. It stays locked until the transaction ends.</summary>
    public static Task<HandOverShown?> FindHandOver(this Transaction transaction, Guid id) =>
        transaction.First($"select {Columns} from hand_overs where id = $1 for update", Read, id);

    /// <inheritdoc cref="FindHandOver"/>
    /// <exception cref="NotFoundException">There is none.</exception>
    public static async Task<HandOverShown> HandOver(this Transaction transaction, Guid id) =>
        await transaction.FindHandOver(id) ?? throw new NotFoundException("hand-over", id.ToString());

    public static Task<List<HandOverShown>> HandOvers(this Transaction transaction, Guid? household, int state, string to, bool overdue, Page page) =>
        transaction.Query(
            $"""
            select {Columns} from hand_overs
            where id > $1
              and ($2::uuid is null or household_id = $2)
              and ($3 = 0 or state = $3)
              and ($4 = '' or to_division >= $4 and to_division < $4 || ':')
              and (not $5 or state = 1 and due_date < $6)
            order by id limit $7
            """, Read, page.AfterId, household, state, to, overdue, transaction.Today, page.Limit);

    /// <summary>Whether another hand-over of the household waits to be decided.</summary>
    public static Task<bool> IsBeingHandedOver(this Transaction transaction, Guid household) => transaction.First(
        "select exists (select from hand_overs where household_id = $1 and state = 1)", row => row.GetBoolean(0), household);

    public static Task Insert(this Transaction transaction, HandOver handOver) => transaction.Execute(
        """
        insert into hand_overs (id, household_id, division, to_division, statement, proposed_date, due_date, due_citation, householder, member_count,
                                monitored_kind, create_time, update_time)
        values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $12)
        """,
        handOver.Id, handOver.Household, handOver.From, handOver.To, handOver.Statement, handOver.Proposed, handOver.Due, handOver.DueCitation.ToJson(),
        handOver.Householder, handOver.MemberCount, (short)handOver.Kind, transaction.Now);

    /// <summary>Saves a decision.</summary>
    public static Task Save(this Transaction transaction, HandOver handOver) => transaction.Execute(
        "update hand_overs set state = $2, reason = $3, version = $4, update_time = $5 where id = $1",
        handOver.Id, (short)handOver.State, handOver.Reason, handOver.Version, transaction.Now);

    /// <summary>
    /// Brings the household with its income, clues and plan into the scope of the destination; <c>false</c> when it no longer lives where
    /// it was proposed.
    /// </summary>
    public static Task<bool> TakeOver(this Transaction transaction, Guid handOver, string village) =>
        transaction.First("select take_over($1, $2)", row => row.GetBoolean(0), handOver, village);

    /// <summary>Marks the hand-overs whose day went by as told and answers with them.</summary>
    public static Task<List<HandOverShown>> TellOverdueHandOvers(this Transaction transaction) => transaction.Query(
        $"update hand_overs set overdue_told = true, version = version + 1 where state = 1 and due_date < $1 and not overdue_told returning {Columns}",
        Read, transaction.Today);

    static HandOverShown Read(NpgsqlDataReader row) => new(
        new HandOver(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetFieldValue<DateOnly>(5),
            row.GetFieldValue<DateOnly>(6), row.GetString(7).ToCitation())
        {
            Householder = row.GetString(8),
            MemberCount = row.GetInt32(9),
            Kind = (MonitoredKind)row.GetInt16(10),
            State = (HandOverState)row.GetInt16(11),
            Reason = row.GetString(12),
            Version = row.GetInt64(13),
        },
        row.GetFieldValue<DateTimeOffset>(14), row.GetFieldValue<DateTimeOffset>(15));
}
