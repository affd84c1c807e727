using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of the schools' registers.</summary>
static class EnrolmentStore
{
    public static Task CreateStagedEnrolments(this Transaction transaction) => transaction.Execute(
        "create temp table staged (line int not null, identity_hash bytea, period int, school text, grade text)");

    public static Task<NpgsqlBinaryImporter> CopyStagedEnrolments(this Transaction transaction) => transaction.Copy("copy staged from stdin (format binary)");

    public static async Task CheckStagedEnrolments(this Transaction transaction)
    {
        var now = Term.Of(transaction.Today);
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '学年', $1, replace(replace($2, '{0}', $4::text), '{1}', $5::text), replace(replace($3, '{0}', $4::text), '{1}', $5::text)
            from staged where period > $6
            """, Rules.TermBegun.Code, Rules.TermBegun.Zh, Rules.TermBegun.En, now.SchoolYear, now.Number, now.Period);
        await transaction.Fault(Rules.EnrolledTwice,
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '身份证号码', $1, $2, $3 from staged
            where (identity_hash, period) in (select identity_hash, period from staged group by identity_hash, period having count(*) > 1)
            """);
    }

    /// <summary>Keeps who is a member in scope; the current term tells the registry of whom it knows nothing, or that they had left school.</summary>
    public static async Task<ImportCounts> MergeStagedEnrolments(this Transaction transaction)
    {
        await transaction.Execute(
            """
            with changed as (
                update members as member set school_status = 1 from staged
                where member.identity_hash = staged.identity_hash and staged.period = $1 and member.school_status in (0, 5)
                returning member.household_id
            )
            update households set version = version + 1, update_time = $2 where id in (select household_id from changed)
            """, Term.Of(transaction.Today).Period, transaction.Now);
        return (await transaction.First(
            """
            with wanted as (
                select member.id, staged.period, member.household_id, member.division, staged.school, staged.grade
                from staged join members as member on member.identity_hash = staged.identity_hash
            ), saved as (
                insert into enrolments as known (member_id, period, household_id, division, school, grade, update_time)
                select id, period, household_id, division, school, grade, $1 from wanted order by id, period
                on conflict (member_id, period) do update
                set school = excluded.school, grade = excluded.grade, household_id = excluded.household_id, update_time = excluded.update_time
                where (known.school, known.grade) <> (excluded.school, excluded.grade)
                -- A row that was inserted was never locked or updated by anybody.
                returning xmax = 0 as created
            )
            select (count(*) filter (where created))::int, (count(*) filter (where not created))::int, (select count(*)::int from wanted) - count(*)::int
            from saved
            """, row => new ImportCounts(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2)), transaction.Now))!;
    }

    // $1 the division's prefix, $2 the term, $3 and $4 between which days the children were born. Who is taught at home or has left school is
    // not missed.
    const string Children =
        """
        with child as (
            select id, household_id, division,
                   exists (select from enrolments where member_id = members.id and period = $2) as enrolled,
                   exists (select from drop_outs where member_id = members.id and state <> 3) as known
            from members
            where division >= $1 and division < $1 || ':' and birth_date between $3 and $4 and school_status not in (4, 5)
        )
        """;

    public static Task<ChildCount?> CountChildren(this Transaction transaction, string division, Term term, SchoolAge age) => transaction.First(
        Children +
        """

        select count(*)::int, (count(*) filter (where enrolled))::int, (count(*) filter (where not enrolled and not known))::int,
               (count(*) filter (where not enrolled and known))::int
        from child
        """,
        row => new ChildCount(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3)), division, term.Period, age.BornFrom, age.BornUntil);

    /// <summary>Enters who is on no register and not in the ledger, tells of each, and lets the registry suspect it, too. Answers with how many.</summary>
    public static Task<int> OpenUnenrolled(this Transaction transaction, string division, Term term, SchoolAge age) => transaction.First(
        Children +
        """
        , opened as (
            insert into drop_outs (id, member_id, household_id, division, source, found_date, report_due_date)
            select gen_random_uuid(), id, household_id, division, 3, $5, (date_trunc('month', $5) + interval '2 months - 1 day')::date
            from child where not enrolled and not known
            on conflict do nothing
            returning *
        ), told as (
            insert into outbox (type, subject, division, version, data)
            select 'governance.monitoring.v1.DropOutOpened', id::text, division, version,
                   json_build_object('dropOutId', id, 'memberId', member_id, 'householdId', household_id)
            from opened
        ), suspected as (
            update members set school_status = 2 from opened where members.id = opened.member_id and members.school_status in (0, 1)
            returning members.household_id
        ), changed as (
            update households set version = version + 1, update_time = $6 where id in (select household_id from suspected)
        )
        select count(*)::int from opened
        """,
        row => row.GetInt32(0), division, term.Period, age.BornFrom, age.BornUntil, transaction.Today, transaction.Now);

    /// <summary>The comparison, or <c>null</c> when there is none in scope.</summary>
    public static Task<Comparison?> FindComparison(this Transaction transaction, Guid id) => transaction.First(
        "select id, division, period, compared_date, children, enrolled, suspected, known, array(select jsonb_array_elements(citations)::text) from enrolment_comparisons where id = $1",
        Read, id);

    public static Task<List<Comparison>> Comparisons(this Transaction transaction, string division, Page page) => transaction.Query(
        """
        select id, division, period, compared_date, children, enrolled, suspected, known, array(select jsonb_array_elements(citations)::text)
        from enrolment_comparisons where id > $1 and division >= $2 and division < $2 || ':' order by id limit $3
        """, Read, page.AfterId, division, page.Limit);

    public static Task Insert(this Transaction transaction, Comparison comparison) => transaction.Execute(
        """
        insert into enrolment_comparisons (id, division, period, compared_date, children, enrolled, suspected, known, citations)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb)
        """,
        comparison.Id, comparison.Division, comparison.Term.Period, comparison.Compared, comparison.Count.Children, comparison.Count.Enrolled,
        comparison.Count.Suspected, comparison.Count.Known, $"[{string.Join(',', comparison.Citations.Select(citation => citation.ToJson()))}]");

    static Comparison Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1), new Term(row.GetInt32(2)), row.GetFieldValue<DateOnly>(3),
        new ChildCount(row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7)), Array.ConvertAll(row.GetFieldValue<string[]>(8), ClueStore.ToCitation));
}
