using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>Aid with the time of its making.</summary>
sealed record AidShown(Aid Aid, DateTimeOffset Created);

/// <summary>The SQL of aid.</summary>
static class AidStore
{
    /// <summary>The aid with what was found in following it, or <c>null</c> when there is none in scope. It stays locked.</summary>
    public static async Task<AidShown?> FindAid(this Transaction transaction, Guid id)
    {
        var shown = await transaction.First(
            """
            select aids.id, aids.household_id, aids.division, kind, amount_fen, aid_date, disaster, responsible_person, aids.description,
                   clue_id, clues.state, aids.due_date, aids.due_citation::text, aids.version, aids.create_time
            from aids left join clues on clues.id = clue_id
            where aids.id = $1 for update of aids
            """, Read, id);
        if (shown is null)
            return null;
        var followUps = await transaction.Query("select id, date, note from follow_ups where aid_id = $1 order by date desc, id desc",
            row => new FollowUp(row.GetGuid(0), row.GetFieldValue<DateOnly>(1), row.GetString(2)), id);
        return shown with { Aid = shown.Aid with { FollowUps = followUps } };
    }

    /// <inheritdoc cref="FindAid"/>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<AidShown> Aid(this Transaction transaction, Guid id) =>
        await transaction.FindAid(id) ?? throw new NotFoundException("aid", id.ToString());

    /// <summary>Aid in the order of its ids, without what was found in following it.</summary>
    public static Task<List<AidShown>> Aids(this Transaction transaction, string division, Guid? household, bool overdue, Page page) => transaction.Query(
        """
        select aids.id, aids.household_id, aids.division, kind, amount_fen, aid_date, disaster, responsible_person, aids.description,
               clue_id, clues.state, aids.due_date, aids.due_citation::text, aids.version, aids.create_time
        from aids left join clues on clues.id = clue_id
        where aids.id > $1
          and aids.division >= $2 and aids.division < $2 || ':'
          and ($3::uuid is null or aids.household_id = $3)
          and (not $4 or aids.due_date < $5 and clues.state = 1)
        order by aids.id limit $6
        """, Read, page.AfterId, division, household, overdue, transaction.Today, page.Limit);

    public static Task Insert(this Transaction transaction, Aid aid) => transaction.Execute(
        """
        insert into aids (id, household_id, division, kind, amount_fen, aid_date, disaster, responsible_person, description, clue_id, due_date, due_citation, create_time)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13)
        """,
        aid.Id, aid.Household, aid.Division, (short)aid.Kind, aid.Amount, aid.Date, (short)aid.Disaster, aid.Responsible, aid.Description,
        aid.Identification?.Clue, aid.Identification?.Due, aid.Identification?.Citation.ToJson(), transaction.Now);

    public static async Task Insert(this Transaction transaction, Aid aid, FollowUp followUp)
    {
        await transaction.Execute("insert into follow_ups (id, aid_id, division, date, note) values ($1, $2, $3, $4, $5)",
            followUp.Id, aid.Id, aid.Division, followUp.Date, followUp.Note);
        await transaction.Execute("update aids set version = $2 where id = $1", aid.Id, aid.Version);
    }

    /// <summary>The clue of a disaster that waits, or is being identified, about the household.</summary>
    public static Task<Guid?> WaitingDisasterClue(this Transaction transaction, Guid household) => transaction.First(
        "select id from clues where household_id = $1 and source = 4 and state in (1, 2) order by state desc, create_time limit 1",
        row => (Guid?)row.GetGuid(0), household);

    /// <summary>Marks the aid whose day for starting the identification went by as told and answers with it.</summary>
    public static Task<List<AidShown>> TellOverdueAids(this Transaction transaction) => transaction.Query(
        """
        update aids set overdue_told = true, version = aids.version + 1
        from clues
        where clues.id = clue_id and clues.state = 1 and aids.due_date < $1 and not aids.overdue_told
        returning aids.id, aids.household_id, aids.division, kind, amount_fen, aid_date, disaster, responsible_person, aids.description,
                  clue_id, clues.state, aids.due_date, aids.due_citation::text, aids.version, aids.create_time
        """, Read, transaction.Today);

    static AidShown Read(NpgsqlDataReader row) => new(
        new Aid(row.GetGuid(0), row.GetGuid(1), row.GetString(2), (AidKind)row.GetInt16(3), row.GetInt64(4), row.GetFieldValue<DateOnly>(5),
            (DisasterKind)row.GetInt16(6), row.GetString(7))
        {
            Description = row.GetString(8),
            Identification = row.IsDBNull(9) ? null : new AidIdentification(
                row.GetGuid(9), (ClueState)row.GetInt16(10), row.GetFieldValue<DateOnly>(11), row.GetString(12).ToCitation()),
            Version = row.GetInt64(13),
        },
        row.GetFieldValue<DateTimeOffset>(14));
}
