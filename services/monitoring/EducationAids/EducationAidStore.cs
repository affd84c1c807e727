using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>An aid with the times of its making and its last change.</summary>
sealed record EducationAidShown(EducationAid Aid, DateTimeOffset Created, DateTimeOffset Updated);

/// <summary>The SQL of education aid.</summary>
static class EducationAidStore
{
    /// <summary>The aid, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static async Task<EducationAidShown?> FindEducationAid(this Transaction transaction, Guid id) => await transaction.First(
        """
        select id, household_id, member_id, division, school, stage, school_year, amount_fen, finding, procedure_id, state, version, create_time, update_time
        from education_aids where id = $1 for update
        """, Read, id);

    /// <inheritdoc cref="FindEducationAid"/>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<EducationAidShown> EducationAid(this Transaction transaction, Guid id) =>
        await transaction.FindEducationAid(id) ?? throw new NotFoundException("education aid", id.ToString());

    public static Task<List<EducationAidShown>> EducationAids(this Transaction transaction, string division, Guid? household, int state, int schoolYear,
        Page page) => transaction.Query(
        """
        select id, household_id, member_id, division, school, stage, school_year, amount_fen, finding, procedure_id, state, version, create_time, update_time
        from education_aids
        where id > $1 and division >= $2 and division < $2 || ':' and ($3::uuid is null or household_id = $3) and ($4 = 0 or state = $4)
          and ($5 = 0 or school_year = $5)
        order by id limit $6
        """, Read, page.AfterId, division, household, state, schoolYear, page.Limit);

    public static Task Insert(this Transaction transaction, EducationAid aid) => transaction.Execute(
        """
        insert into education_aids (id, household_id, member_id, division, school, stage, school_year, amount_fen, finding, procedure_id, create_time, update_time)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
        """,
        aid.Id, aid.Household, aid.Pupil, aid.Division, aid.School, (short)aid.Stage, aid.SchoolYear, aid.Amount, aid.Finding, aid.Procedure, transaction.Now);

    public static Task Save(this Transaction transaction, EducationAid aid) => transaction.Execute(
        "update education_aids set state = $2, version = $3, update_time = $4 where id = $1", aid.Id, (short)aid.State, aid.Version, transaction.Now);

    static EducationAidShown Read(NpgsqlDataReader row) => new(
        new EducationAid(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), row.GetString(4), (SchoolStage)row.GetInt16(5), row.GetInt32(6),
            row.GetInt64(7), row.GetString(8), row.GetGuid(9))
        {
            State = (EducationAidState)row.GetInt16(10),
            Version = row.GetInt64(11),
        },
        row.GetFieldValue<DateTimeOffset>(12), row.GetFieldValue<DateTimeOffset>(13));
}
