using Google.Protobuf;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>What a list is narrowed to; what is null or empty narrows nothing.</summary>
sealed record ClueFilter(string Division, Guid? Household, int State, int Source, string Rule, bool Overdue);

/// <summary>Where a clue stands in a work list.</summary>
sealed record ClueRank(int Gravity, DateOnly Due, Guid Id);

/// <summary>What became of the clues of a source and rule.</summary>
sealed record CluePrecision(ClueSource Source, string Rule)
{
    public int Raised { get; init; }

    public int Waiting { get; init; }

    public int Lapsed { get; init; }

    public int Verified { get; init; }

    public int Deciding { get; init; }

    public int Identified { get; init; }

    public int Refuted { get; init; }

    public int Joined { get; init; }
}

/// <summary>A clue with the times of its making and its last change.</summary>
sealed record ClueShown(Clue Clue, DateTimeOffset Created, DateTimeOffset Updated);

/// <summary>The SQL of clues.</summary>
static class ClueStore
{
    /// <summary>The clue, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static async Task<ClueShown?> FindClue(this Transaction transaction, Guid id) => await transaction.First(
        """
        select id, household_id, division, source, found_date, due_date, due_citation::text, description, rule, evidence::text, aggravations,
               citation::text, state, procedure_id, proposed_kind, reason, version, create_time, update_time
        from clues where id = $1 for update
        """, Read, id);

    /// <inheritdoc cref="FindClue"/>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<ClueShown> Clue(this Transaction transaction, Guid id) =>
        await transaction.FindClue(id) ?? throw new NotFoundException("clue", id.ToString());

    public static Task<List<ClueShown>> Clues(this Transaction transaction, ClueFilter filter, Page page) => transaction.Query(
        """
        select id, household_id, division, source, found_date, due_date, due_citation::text, description, rule, evidence::text, aggravations,
               citation::text, state, procedure_id, proposed_kind, reason, version, create_time, update_time
        from clues
        where id > $1
          and division >= $2 and division < $2 || ':'
          and ($3::uuid is null or household_id = $3)
          and ($4 = 0 or state = $4)
          and ($5 = 0 or source = $5)
          and ($6 = '' or rule = $6)
          and (not $7 or state in (1, 2) and due_date < $8)
        order by id limit $9
        """,
        Read, page.AfterId, filter.Division, filter.Household, filter.State, filter.Source, filter.Rule, filter.Overdue, transaction.Today, page.Limit);

    /// <summary>As a work list: what has the most aggravating factors first, then what is due first.</summary>
    public static Task<List<ClueShown>> CluesGravestFirst(this Transaction transaction, ClueFilter filter, ClueRank after, int limit) => transaction.Query(
        """
        select id, household_id, division, source, found_date, due_date, due_citation::text, description, rule, evidence::text, aggravations,
               citation::text, state, procedure_id, proposed_kind, reason, version, create_time, update_time
        from clues
        where (-gravity, due_date, id) > ($1, $2, $3)
          and division >= $4 and division < $4 || ':'
          and ($5::uuid is null or household_id = $5)
          and ($6 = 0 or state = $6)
          and ($7 = 0 or source = $7)
          and ($8 = '' or rule = $8)
          and (not $9 or state in (1, 2) and due_date < $10)
        order by -gravity, due_date, id limit $11
        """,
        Read, -after.Gravity, after.Due, after.Id, filter.Division, filter.Household, filter.State, filter.Source, filter.Rule, filter.Overdue,
        transaction.Today, limit);

    /// <summary>What became of the clues that were found between two days, by source and rule.</summary>
    public static Task<List<CluePrecision>> Precision(this Transaction transaction, string division, DateOnly from, DateOnly until) => transaction.Query(
        """
        select source, rule, count(*)::int, (count(*) filter (where state = 1))::int, (count(*) filter (where state = 5))::int,
               (count(*) filter (where procedure_id is not null))::int, (count(*) filter (where state = 2))::int,
               (count(*) filter (where state = 3 and procedure_id is not null))::int, (count(*) filter (where state = 4))::int,
               (count(*) filter (where state = 3 and procedure_id is null))::int
        from clues where division >= $1 and division < $1 || ':' and found_date between $2 and $3
        group by source, rule order by source, rule
        """,
        row => new CluePrecision((ClueSource)row.GetInt16(0), row.GetString(1))
        {
            Raised = row.GetInt32(2),
            Waiting = row.GetInt32(3),
            Lapsed = row.GetInt32(4),
            Verified = row.GetInt32(5),
            Deciding = row.GetInt32(6),
            Identified = row.GetInt32(7),
            Refuted = row.GetInt32(8),
            Joined = row.GetInt32(9),
        }, division, from, until);

    /// <summary>
    /// Since when the household's same clue waits or is being identified, and on which day it was last found untrue: what nobody found since
    /// is known already.
    /// </summary>
    public static Task<(DateOnly? Waiting, DateOnly? Refuted)> SameReported(this Transaction transaction, Clue clue) => transaction.First(
        """
        select max(found_date) filter (where state in (1, 2)), (max(update_time) filter (where state = 4) at time zone 'Asia/Shanghai')::date
        from clues where household_id = $1 and source = $2 and rule = '' and description = $3
        """, row => (row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0), row.IsDBNull(1) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(1)),
        clue.Household, (short)clue.Source, clue.Description);

    public static Task Insert(this Transaction transaction, Clue clue) => transaction.Execute(
        """
        insert into clues (id, household_id, division, source, found_date, due_date, due_citation, description, state, create_time, update_time)
        values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $10)
        """,
        clue.Id, clue.Household, clue.Division, (short)clue.Source, clue.Found, clue.Due, clue.DueCitation.ToJson(), clue.Description, (short)clue.State,
        transaction.Now);

    /// <summary>Saves what a move made of a clue.</summary>
    public static Task Save(this Transaction transaction, Clue clue) => transaction.Execute(
        "update clues set state = $2, procedure_id = $3, proposed_kind = $4, reason = $5, version = $6, update_time = $7 where id = $1",
        clue.Id, (short)clue.State, clue.Procedure, (short)clue.ProposedKind, clue.Reason, clue.Version, transaction.Now);

    /// <summary>Whether another clue of the household is being identified.</summary>
    public static Task<bool> IsBeingIdentified(this Transaction transaction, Guid household) => transaction.First(
        "select exists (select from clues where household_id = $1 and state = 2)", row => row.GetBoolean(0), household);

    /// <summary>The household is monitored now, so what else is waiting about it is part of that.</summary>
    public static Task IdentifyWaitingClues(this Transaction transaction, Guid household) => transaction.Execute(
        "update clues set state = 3, version = version + 1, update_time = $2 where household_id = $1 and state = 1", household, transaction.Now);

    /// <summary>Marks the clues whose day went by as told and answers with them.</summary>
    public static Task<List<ClueShown>> TellOverdueClues(this Transaction transaction) => transaction.Query(
        """
        update clues set overdue_told = true, version = version + 1
        where state in (1, 2) and due_date < $1 and not overdue_told
        returning id, household_id, division, source, found_date, due_date, due_citation::text, description, rule, evidence::text, aggravations,
               citation::text, state, procedure_id, proposed_kind, reason, version, create_time, update_time
        """, Read, transaction.Today);

    /// <summary>A citation as it is stored.</summary>
    public static string ToJson(this PolicyCitation citation) => JsonFormatter.Default.Format(citation);

    /// <summary>A stored citation.</summary>
    public static PolicyCitation ToCitation(this string json) => PolicyCitation.Parser.ParseJson(json);

    static ClueShown Read(NpgsqlDataReader row) => new(
        new Clue(row.GetGuid(0), row.GetGuid(1), row.GetString(2), (ClueSource)row.GetInt16(3), row.GetFieldValue<DateOnly>(4),
            row.GetFieldValue<DateOnly>(5),
            row.GetString(6).ToCitation())
        {
            Description = row.GetString(7),
            Rule = row.GetString(8),
            Evidence = row.GetString(9),
            Aggravations = Array.ConvertAll(row.GetFieldValue<short[]>(10), number => (Aggravation)number),
            Citation = row.IsDBNull(11) ? null : row.GetString(11).ToCitation(),
            State = (ClueState)row.GetInt16(12),
            Procedure = row.IsDBNull(13) ? null : row.GetGuid(13),
            ProposedKind = (MonitoredKind)row.GetInt16(14),
            Reason = row.GetString(15),
            Version = row.GetInt64(16),
        },
        row.GetFieldValue<DateTimeOffset>(17), row.GetFieldValue<DateTimeOffset>(18));
}
