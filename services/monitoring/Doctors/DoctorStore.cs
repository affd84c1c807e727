using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of family doctors and major diseases.</summary>
static class DoctorStore
{
    /// <summary>The signing, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static Task<Signing?> FindSigning(this Transaction transaction, Guid id) => transaction.First(
        """
        select id, member_id, household_id, division, institution, doctor, diseases, signed_date, until_date, visit_due_date, citation::text,
               last_visit_date, finding, version
        from signings where id = $1 for update
        """, ReadSigning, id);

    public static Task<List<Signing>> Signings(this Transaction transaction, string division, Guid? household, bool overdue, Page page) => transaction.Query(
        """
        select id, member_id, household_id, division, institution, doctor, diseases, signed_date, until_date, visit_due_date, citation::text,
               last_visit_date, finding, version
        from signings
        where id > $1 and division >= $2 and division < $2 || ':' and ($3::uuid is null or household_id = $3)
          and (not $4 or visit_due_date < $5 and visit_due_date <= until_date)
        order by id limit $6
        """, ReadSigning, page.AfterId, division, household, overdue, transaction.Today, page.Limit);

    /// <summary>The last day for which a member is signed; <c>null</c> for who never was.</summary>
    public static Task<DateOnly?> LastDaySigned(this Transaction transaction, Guid member) => transaction.First(
        "select max(until_date) from signings where member_id = $1", row => row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0), member);

    public static Task Insert(this Transaction transaction, Signing signing) => transaction.Execute(
        """
        insert into signings (id, member_id, household_id, division, institution, doctor, diseases, signed_date, until_date, visit_due_date, citation)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb)
        """,
        signing.Id, signing.Member, signing.Household, signing.Division, signing.Institution, signing.Doctor, HouseholdStore.Numbers(signing.Diseases),
        signing.Signed, signing.Until, signing.VisitDue, signing.Citation.ToJson());

    /// <summary>Saves a visit; that the next is overdue has not been told.</summary>
    public static Task Save(this Transaction transaction, Signing signing) => transaction.Execute(
        """
        update signings set last_visit_date = $2, finding = $3, visit_due_date = $4, citation = $5::jsonb, overdue_told = false, version = $6
        where id = $1
        """, signing.Id, signing.LastVisit, signing.Finding, signing.VisitDue, signing.Citation.ToJson(), signing.Version);

    /// <summary>Tells once of every visit that is overdue while its signing lasts.</summary>
    public static Task<int> TellOverdueVisits(this Transaction transaction) => transaction.Execute(
        """
        with overdue as (
            update signings set overdue_told = true, version = version + 1
            where visit_due_date < $1 and visit_due_date <= until_date and not overdue_told
            returning *
        )
        insert into outbox (type, subject, division, version, data)
        select 'governance.monitoring.v1.VisitOverdue', id::text, division, version,
               json_build_object('signingId', id, 'householdId', household_id, 'memberId', member_id, 'dueDate', visit_due_date)
        from overdue
        """, transaction.Today);

    /// <summary>The entry of a major disease, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static Task<Illness?> FindIllness(this Transaction transaction, Guid id) => transaction.First(
        """
        select id, member_id, household_id, division, disease, diagnosed_date, state_date, state, hospital, note, version
        from illnesses where id = $1 for update
        """, ReadIllness, id);

    public static Task<List<Illness>> Illnesses(this Transaction transaction, string division, Guid? household, MajorDisease disease,
        TreatmentState state, Page page) => transaction.Query(
        """
        select id, member_id, household_id, division, disease, diagnosed_date, state_date, state, hospital, note, version
        from illnesses
        where id > $1 and division >= $2 and division < $2 || ':' and ($3::uuid is null or household_id = $3)
          and ($4 = 0 or disease = $4) and ($5 = 0 or state = $5)
        order by id limit $6
        """, ReadIllness, page.AfterId, division, household, (int)disease, (int)state, page.Limit);

    public static Task<bool> HasIllness(this Transaction transaction, Guid member, MajorDisease disease) => transaction.First(
        "select exists (select from illnesses where member_id = $1 and disease = $2)", row => row.GetBoolean(0), member, (int)disease);

    public static Task Insert(this Transaction transaction, Illness illness) => transaction.Execute(
        "insert into illnesses (id, member_id, household_id, division, disease, diagnosed_date, state_date) values ($1, $2, $3, $4, $5, $6, $7)",
        illness.Id, illness.Member, illness.Household, illness.Division, (short)illness.Disease, illness.Diagnosed, illness.StateDate);

    public static Task Save(this Transaction transaction, Illness illness) => transaction.Execute(
        "update illnesses set state = $2, hospital = $3, note = $4, state_date = $5, version = $6 where id = $1",
        illness.Id, (short)illness.State, illness.Hospital, illness.Note, illness.StateDate, illness.Version);

    static Signing ReadSigning(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), row.GetString(4),
        row.GetString(5), Array.ConvertAll(row.GetFieldValue<short[]>(6), number => (HealthCondition)number), row.GetFieldValue<DateOnly>(7),
        row.GetFieldValue<DateOnly>(8), row.GetFieldValue<DateOnly>(9), row.GetString(10).ToCitation())
    {
        LastVisit = row.IsDBNull(11) ? null : row.GetFieldValue<DateOnly>(11),
        Finding = row.GetString(12),
        Version = row.GetInt64(13),
    };

    static Illness ReadIllness(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), (MajorDisease)row.GetInt16(4),
        row.GetFieldValue<DateOnly>(5), row.GetFieldValue<DateOnly>(6))
    {
        State = (TreatmentState)row.GetInt16(7),
        Hospital = row.GetString(8),
        Note = row.GetString(9),
        Version = row.GetInt64(10),
    };
}
