using System.Collections.Immutable;
using Google.Protobuf;
using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>An exit with the times of its making and its last change.</summary>
sealed record ExitShown(Exit Exit, DateTimeOffset Created, DateTimeOffset Updated);

/// <summary>The SQL of exits.</summary>
static class ExitStore
{
    /// <summary>
    /// What is asked of those of <paramref name="households"/> that are in scope, in the order of their ids; they stay locked until the
    /// transaction ends. Income counts for the four quarters that ended last.
    /// </summary>
    public static Task<List<ExitCandidate>> ExitCandidates(this Transaction transaction, IEnumerable<Guid> households) => transaction.Query(
        """
        select households.id, number, coalesce(householder, ''), member_count, households.division, monitored_kind <> 0, dwelling_grade, out_of_school,
               quarters, recorded
        from households
        cross join lateral (
            select max(name) filter (where relation = 1) as householder, count(*)::int as member_count,
                   (count(*) filter (where school_status in (2, 3)
                       or exists (select from drop_outs where member_id = members.id and drop_outs.state <> 3)))::int as out_of_school
            from members where household_id = households.id) people
        cross join lateral (
            select count(*)::int as quarters, coalesce(sum(per_capita_net_fen), 0)::bigint as recorded
            from incomes where household_id = households.id and period > $2 - 4 and period <= $2) income
        where households.id = any($1)
        order by households.id for update of households
        """,
        row => new ExitCandidate(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetString(4), row.GetBoolean(5),
            (DwellingGrade)row.GetInt16(6), row.GetInt32(7), new YearlyIncome(row.GetInt32(8), row.GetInt64(9))),
        households.ToArray(), Quarter.LastOver(transaction.Today).Period);

    /// <summary>Whether the household is on a list that is not decided yet.</summary>
    public static Task<bool> IsOnExitList(this Transaction transaction, Guid household) => transaction.First(
        "select exists (select from exit_households where household_id = $1 and state = 1)", row => row.GetBoolean(0), household);

    /// <summary>The number of the first of <paramref name="households"/> about which something else is being decided; <c>null</c> for none.</summary>
    public static Task<string?> FirstBeingDecided(this Transaction transaction, IEnumerable<Guid> households) => transaction.First(
        """
        select number from households
        where id = any($1)
          and (exists (select from exit_households where household_id = households.id and state = 1)
            or exists (select from clearances where household_id = households.id and state = 1)
            or exists (select from clues where household_id = households.id and state = 2))
        order by id limit 1
        """, row => row.GetString(0), households.ToArray());

    /// <summary>The exit, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static async Task<ExitShown?> FindExit(this Transaction transaction, Guid id)
    {
        var shown = await transaction.First(
            """
            select id, division, procedure_id, citation::text, state, meeting::text, approved_date, support_until, support_citation::text, version,
                   create_time, update_time
            from exits where id = $1 for update
            """, Read, id);
        return shown is null ? null : (await transaction.WithHouseholds([shown]))[0];
    }

    /// <inheritdoc cref="FindExit"/>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<ExitShown> Exit(this Transaction transaction, Guid id) =>
        await transaction.FindExit(id) ?? throw new NotFoundException("exit", id.ToString());

    public static async Task<List<ExitShown>> Exits(this Transaction transaction, string division, Guid? household, int state, Page page) =>
        await transaction.WithHouseholds(await transaction.Query(
        """
        select id, division, procedure_id, citation::text, state, meeting::text, approved_date, support_until, support_citation::text, version,
               create_time, update_time
        from exits
        where id > $1 and division >= $2 and division < $2 || ':' and ($4 = 0 or state = $4)
          and ($3::uuid is null or exists (select from exit_households where exit_id = exits.id and household_id = $3))
        order by id limit $5
        """, Read, page.AfterId, division, household, state, page.Limit));

    public static async Task Insert(this Transaction transaction, Exit exit)
    {
        await transaction.Execute(
            "insert into exits (id, division, procedure_id, citation, create_time, update_time) values ($1, $2, $3, $4::jsonb, $5, $5)",
            exit.Id, exit.Division, exit.Procedure, exit.Citation.ToJson(), transaction.Now);
        var entries = exit.Households;
        await transaction.Execute(
            """
            insert into exit_households (exit_id, household_id, division, number, householder, member_count, per_capita_net_fen)
            select $1, household_id, $2, number, householder, member_count, per_capita_net_fen
            from unnest($3::uuid[], $4::text[], $5::text[], $6::int[], $7::bigint[])
              as entry (household_id, number, householder, member_count, per_capita_net_fen)
            """,
            exit.Id, exit.Division, entries.Select(entry => entry.Household).ToArray(), entries.Select(entry => entry.Number).ToArray(),
            entries.Select(entry => entry.Householder).ToArray(), entries.Select(entry => entry.MemberCount).ToArray(),
            entries.Select(entry => entry.PerCapitaNet).ToArray());
    }

    /// <summary>Saves what a move made of an exit and its households.</summary>
    public static async Task Save(this Transaction transaction, Exit exit)
    {
        await transaction.Execute(
            """
            update exits
            set state = $2, meeting = $3::jsonb, approved_date = $4, support_until = $5, support_citation = $6::jsonb, version = $7, update_time = $8
            where id = $1
            """,
            exit.Id, (short)exit.State, exit.Meeting is null ? null : JsonFormatter.Default.Format(exit.Meeting), exit.Approval?.Date,
            exit.Approval?.SupportUntil, exit.Approval?.Citation.ToJson(), exit.Version, transaction.Now);
        var entries = exit.Households;
        await transaction.Execute(
            """
            update exit_households
            set state = entry.state, in_favour = entry.in_favour, against = entry.against, abstained = entry.abstained,
                struck_step = entry.struck_step, struck_reason = entry.struck_reason
            from unnest($2::uuid[], $3::smallint[], $4::int[], $5::int[], $6::int[], $7::text[], $8::text[])
              as entry (household_id, state, in_favour, against, abstained, struck_step, struck_reason)
            where exit_id = $1 and exit_households.household_id = entry.household_id
            """,
            exit.Id, entries.Select(entry => entry.Household).ToArray(), entries.Select(entry => (short)entry.State).ToArray(),
            entries.Select(entry => entry.Vote?.InFavour).ToArray(), entries.Select(entry => entry.Vote?.Against).ToArray(),
            entries.Select(entry => entry.Vote?.Abstained).ToArray(), entries.Select(entry => entry.StruckStep).ToArray(),
            entries.Select(entry => entry.StruckReason).ToArray());
    }

    static async Task<List<ExitShown>> WithHouseholds(this Transaction transaction, List<ExitShown> exits)
    {
        var entries = (await transaction.Query(
            """
            select exit_id, household_id, number, householder, member_count, per_capita_net_fen, state, in_favour, against, abstained, struck_step,
                   struck_reason
            from exit_households where exit_id = any($1) order by household_id
            """,
            row => (Exit: row.GetGuid(0), Entry: new ExitEntry(row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetInt32(4), row.GetInt64(5))
            {
                State = (ExitHouseholdState)row.GetInt16(6),
                Vote = row.IsDBNull(7) ? null : new BallotCount(row.GetInt32(7), row.GetInt32(8), row.GetInt32(9)),
                StruckStep = row.GetString(10),
                StruckReason = row.GetString(11),
            }), exits.Select(shown => shown.Exit.Id).ToArray())).ToLookup(row => row.Exit, row => row.Entry);
        return exits.ConvertAll(shown => shown with { Exit = shown.Exit with { Households = [.. entries[shown.Exit.Id]] } });
    }

    static ExitShown Read(NpgsqlDataReader row) => new(
        new Exit(row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetString(3).ToCitation(), [])
        {
            State = (ExitState)row.GetInt16(4),
            Meeting = row.IsDBNull(5) ? null : ExitMeeting.Parser.ParseJson(row.GetString(5)),
            Approval = row.IsDBNull(6)
                ? null
                : new ExitApproval(row.GetFieldValue<DateOnly>(6), row.GetFieldValue<DateOnly>(7), row.GetString(8).ToCitation()),
            Version = row.GetInt64(9),
        },
        row.GetFieldValue<DateTimeOffset>(10), row.GetFieldValue<DateTimeOffset>(11));
}
