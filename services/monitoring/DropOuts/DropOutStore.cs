using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of the ledger of drop-outs.</summary>
static class DropOutStore
{
    /// <summary>The case with its reports, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static async Task<DropOut?> FindDropOut(this Transaction transaction, Guid id)
    {
        var dropOut = await transaction.First(
            """
            select id, member_id, household_id, division, source, found_date, description, state, responsible_person, plan, method, report_due_date,
                   outcome, closed_date, version
            from drop_outs where id = $1 for update
            """, Read, id);
        return dropOut is null ? null : dropOut with
        {
            Reports = await transaction.Query("select month, text, report_date from drop_out_reports where drop_out_id = $1 order by month",
                row => new ProgressReport(row.GetFieldValue<DateOnly>(0), row.GetString(1), row.GetFieldValue<DateOnly>(2)), id),
        };
    }

    /// <inheritdoc cref="FindDropOut"/>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<DropOut> DropOut(this Transaction transaction, Guid id) =>
        await transaction.FindDropOut(id) ?? throw new NotFoundException("drop-out", id.ToString());

    public static Task<bool> HasOpenDropOut(this Transaction transaction, Guid member) => transaction.First(
        "select exists (select from drop_outs where member_id = $1 and state <> 3)", row => row.GetBoolean(0), member);

    /// <summary>How many members of a household are out of school, by the registry or by an open case.</summary>
    public static Task<int> OutOfSchool(this Transaction transaction, Guid household) => transaction.First(
        """
        select count(*)::int from members
        where household_id = $1 and (school_status in (2, 3) or exists (select from drop_outs where member_id = members.id and state <> 3))
        """, row => row.GetInt32(0), household);

    public static Task<List<DropOut>> DropOuts(this Transaction transaction, string division, Guid? household, DropOutState state, bool late,
        Page page) => transaction.Query(
        """
        select id, member_id, household_id, division, source, found_date, description, state, responsible_person, plan, method, report_due_date,
               outcome, closed_date, version
        from drop_outs
        where id > $1 and division >= $2 and division < $2 || ':' and ($3::uuid is null or household_id = $3) and ($4 = 0 or state = $4)
          and (not $5 or state <> 3 and report_due_date < $6)
        order by id limit $7
        """, Read, page.AfterId, division, household, (int)state, late, transaction.Today, page.Limit);

    public static Task Insert(this Transaction transaction, DropOut dropOut) => transaction.Execute(
        """
        insert into drop_outs (id, member_id, household_id, division, source, found_date, description, report_due_date)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        dropOut.Id, dropOut.Member, dropOut.Household, dropOut.Division, (short)dropOut.Source, dropOut.Found, dropOut.Description, dropOut.ReportDue);

    public static Task Insert(this Transaction transaction, DropOut dropOut, ProgressReport report) => transaction.Execute(
        "insert into drop_out_reports (drop_out_id, division, month, text, report_date) values ($1, $2, $3, $4, $5)",
        dropOut.Id, dropOut.Division, report.Month, report.Text, report.Reported);

    /// <summary>Saves what a move made of a case; a new due date has not been told of.</summary>
    public static Task Save(this Transaction transaction, DropOut dropOut) => transaction.Execute(
        """
        update drop_outs
        set state = $2, responsible_person = $3, plan = $4, method = $5, late_told = late_told and report_due_date = $6, report_due_date = $6,
            outcome = $7, closed_date = $8, version = $9
        where id = $1
        """,
        dropOut.Id, (short)dropOut.State, dropOut.ResponsiblePerson, dropOut.Plan, (short)dropOut.Method, dropOut.ReportDue, (short)dropOut.Outcome,
        dropOut.Closed, dropOut.Version);

    /// <summary>Enters everybody whom the registry says to be out of school and whom the ledger lacks, and tells of each.</summary>
    public static Task<int> OpenDropOuts(this Transaction transaction) => transaction.Execute(
        """
        with opened as (
            insert into drop_outs (id, member_id, household_id, division, source, found_date, report_due_date)
            select gen_random_uuid(), id, household_id, division, 2, $1, (date_trunc('month', $1) + interval '2 months - 1 day')::date
            from members
            where school_status in (2, 3) and not exists (select from drop_outs where member_id = members.id and state <> 3)
            on conflict do nothing
            returning *
        )
        insert into outbox (type, subject, division, version, data)
        select 'governance.monitoring.v1.DropOutOpened', id::text, division, version,
               json_build_object('dropOutId', id, 'memberId', member_id, 'householdId', household_id)
        from opened
        """, transaction.Today);

    /// <summary>Tells once of every monthly report that is late.</summary>
    public static Task<int> TellLateReports(this Transaction transaction) => transaction.Execute(
        """
        with late as (
            update drop_outs set late_told = true, version = version + 1
            where state <> 3 and report_due_date < $1 and not late_told
            returning *
        )
        insert into outbox (type, subject, division, version, data)
        select 'governance.monitoring.v1.DropOutReportLate', id::text, division, version,
               json_build_object('dropOutId', id, 'householdId', household_id, 'dueDate', report_due_date)
        from late
        """, transaction.Today);

    static DropOut Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), (DropOutSource)row.GetInt16(4),
        row.GetFieldValue<DateOnly>(5), row.GetString(6))
    {
        State = (DropOutState)row.GetInt16(7),
        ResponsiblePerson = row.GetString(8),
        Plan = row.GetString(9),
        Method = (DropOutMethod)row.GetInt16(10),
        ReportDue = row.GetFieldValue<DateOnly>(11),
        Outcome = (DropOutOutcome)row.GetInt16(12),
        Closed = row.IsDBNull(13) ? null : row.GetFieldValue<DateOnly>(13),
        Version = row.GetInt64(14),
    };
}
