using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>A list with the time of its making.</summary>
sealed record DepartmentListShown(DepartmentList List, DateTimeOffset Created);

/// <summary>The SQL of lists and reviewers.</summary>
static class ListStore
{
    /// <summary>The list, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static Task<DepartmentListShown?> FindList(this Transaction transaction, Guid id) => transaction.First(
        """
        select id, division, kind, department, reference_date, registrant_id, registrant_name, keep_until, keep_citation::text, erase_time, version, create_time
        from department_lists where id = $1 for update
        """, Read, id);

    /// <inheritdoc cref="FindList"/>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<DepartmentListShown> List(this Transaction transaction, Guid id) =>
        await transaction.FindList(id) ?? throw new NotFoundException("department list", id.ToString());

    public static Task<List<DepartmentListShown>> Lists(this Transaction transaction, int kind, Page page) => transaction.Query(
        """
        select id, division, kind, department, reference_date, registrant_id, registrant_name, keep_until, keep_citation::text, erase_time, version, create_time
        from department_lists where id > $1 and ($2 = 0 or kind = $2) order by id limit $3
        """, Read, page.AfterId, kind, page.Limit);

    /// <summary>Throws unless the list was registered in scope, or says something of somebody in scope.</summary>
    /// <exception cref="NotFoundException">Neither.</exception>
    public static async Task RequireListConcerns(this Transaction transaction, Guid id)
    {
        if (!await transaction.First(
            "select exists (select from department_lists where id = $1) or exists (select from verifications where list_id = $1)", row => row.GetBoolean(0), id))
            throw new NotFoundException("department list", id.ToString());
    }

    public static Task Insert(this Transaction transaction, DepartmentList list) => transaction.Execute(
        """
        insert into department_lists (id, division, kind, department, reference_date, registrant_id, registrant_name, keep_until, keep_citation, create_time)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10)
        """,
        list.Id, list.Division, (short)list.Kind, list.Department, list.Reference, list.RegistrantId, list.RegistrantName, list.KeepUntil,
        list.KeepCitation.ToJson(), transaction.Now);

    /// <summary>
    /// Erases what the lists whose days are over said of people, and the rejected rows of their files. What nobody checked in time goes
    /// too, for nobody can check it any more; what was decided stays, without the reasons that the list gave for asking.
    /// </summary>
    public static async Task<List<DepartmentListShown>> EraseLists(this Transaction transaction)
    {
        var erased = await transaction.Query(
            """
            update department_lists set erase_time = $2, version = version + 1 where keep_until < $1 and erase_time is null
            returning id, division, kind, department, reference_date, registrant_id, registrant_name, keep_until, keep_citation::text, erase_time, version, create_time
            """, Read, transaction.Today, transaction.Now);
        var ids = erased.ConvertAll(shown => shown.List.Id);
        if (ids.Count > 0)
        {
            await transaction.Execute("delete from verification_facts where list_id = any($1)", ids);
            await transaction.Execute("delete from verifications where list_id = any($1) and state = 1", ids);
            await transaction.Execute("delete from imports where kind = any($1)", ids.ConvertAll(ListImport.KindOf));
        }
        return erased;
    }

    /// <summary>The assignment, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static Task<Reviewer?> FindReviewer(this Transaction transaction, Guid id) => transaction.First(
        "select id, list_id, division, subject, create_time, revoke_time, version from reviewers where id = $1 for update", ReadReviewer, id);

    public static Task<List<Reviewer>> Reviewers(this Transaction transaction, Guid? list, Page page) => transaction.Query(
        """
        select id, list_id, division, subject, create_time, revoke_time, version
        from reviewers where id > $1 and ($2::uuid is null or list_id = $2) order by id limit $3
        """, ReadReviewer, page.AfterId, list, page.Limit);

    public static Task Insert(this Transaction transaction, Reviewer reviewer) => transaction.Execute(
        "insert into reviewers (id, list_id, division, subject, create_time) values ($1, $2, $3, $4, $5)",
        reviewer.Id, reviewer.List, reviewer.Division, reviewer.Subject, reviewer.Assigned);

    public static Task Save(this Transaction transaction, Reviewer reviewer) => transaction.Execute(
        "update reviewers set revoke_time = $2, version = $3 where id = $1", reviewer.Id, reviewer.RevokedAt, reviewer.Version);

    static DepartmentListShown Read(NpgsqlDataReader row) => new(
        new DepartmentList(row.GetGuid(0), row.GetString(1), (ListKind)row.GetInt16(2), row.GetString(3), row.GetFieldValue<DateOnly>(4),
            row.GetString(5), row.GetString(6), row.GetFieldValue<DateOnly>(7), row.GetString(8).ToCitation())
        {
            Erased = row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
            Version = row.GetInt64(10),
        },
        row.GetFieldValue<DateTimeOffset>(11));

    static Reviewer ReadReviewer(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4))
    {
        RevokedAt = row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
        Version = row.GetInt64(6),
    };
}
