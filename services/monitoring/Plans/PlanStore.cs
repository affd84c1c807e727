using System.Text.Json;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>A household whose plan is due and was not entered.</summary>
sealed record MissingPlan(Guid Household, string Division, PlanDue Due, long Version);

/// <summary>The SQL of plans and measures.</summary>
static class PlanStore
{
    /// <summary>From now on the household's plan is due.</summary>
    public static Task RequirePlan(this Transaction transaction, Guid household, DateOnly due,
        PolicyCitation citation) => transaction.Execute(
        "update households set plan_due_date = $2, plan_due_citation = $3::jsonb, plan_overdue_told = false where id = $1", household, due, citation.ToJson());

    /// <summary>When the household's plan is due; <c>null</c> when none is.</summary>
    public static Task<PlanDue?> PlanDueOf(this Transaction transaction, Guid household) => transaction.First(
        "select plan_due_date, plan_due_citation::text from households where id = $1 and plan_due_date is not null",
        row => new PlanDue(row.GetFieldValue<DateOnly>(0), row.GetString(1).ToCitation()), household);

    /// <summary>The plan with its measures, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static async Task<Plan?> FindPlan(this Transaction transaction, Guid id)
    {
        var plan = await transaction.First(
            """
            select id, household_id, division, responsible_person, goal, due_date, due_citation::text, entered_date, closed_date, version
            from plans where id = $1 for update
            """, ReadPlan, id);
        return plan is null ? null : plan with { Measures = await transaction.MeasuresOf(id) };
    }

    /// <inheritdoc cref="FindPlan"/>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<Plan> Plan(this Transaction transaction,
        Guid id) => await transaction.FindPlan(id) ?? throw new NotFoundException("plan", id.ToString());

    /// <summary>Whether the household has a plan that is not closed.</summary>
    public static Task<bool> HasPlan(this Transaction transaction, Guid household) => transaction.First(
        "select exists (select from plans where household_id = $1 and closed_date is null)", row => row.GetBoolean(0), household);

    public static Task<List<Plan>> Plans(this Transaction transaction, string division, Guid? household, Page page) => transaction.Query(
        """
        select id, household_id, division, responsible_person, goal, due_date, due_citation::text, entered_date, closed_date, version
        from plans
        where id > $1 and division >= $2 and division < $2 || ':' and ($3::uuid is null or household_id = $3)
        order by id limit $4
        """, ReadPlan, page.AfterId, division, household, page.Limit);

    /// <summary>The households whose plan should have been entered by now, in the order of their ids.</summary>
    public static Task<List<MissingPlan>> OverduePlans(this Transaction transaction, string division, Guid? household,
        Page page) => transaction.Query(
        """
        select id, division, plan_due_date, plan_due_citation::text, version
        from households
        where id > $1 and division >= $2 and division < $2 || ':' and ($3::uuid is null or id = $3) and plan_due_date < $4
        order by id limit $5
        """, ReadMissing, page.AfterId, division, household, transaction.Today, page.Limit);

    /// <summary>Marks the households whose plan is overdue as told and answers with them.</summary>
    public static Task<List<MissingPlan>> TellOverduePlans(this Transaction transaction) => transaction.Query(
        """
        update households set plan_overdue_told = true, version = version + 1
        where plan_due_date < $1 and not plan_overdue_told
        returning id, division, plan_due_date, plan_due_citation::text, version
        """, ReadMissing, transaction.Today);

    /// <summary>Enters a plan; the household's is no longer due.</summary>
    public static async Task Insert(this Transaction transaction, Plan plan)
    {
        await transaction.Execute(
            """
            insert into plans (id, household_id, division, responsible_person, goal, due_date, due_citation, entered_date)
            values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)
            """, plan.Id, plan.Household, plan.Division, plan.ResponsiblePerson, plan.Goal, plan.Due?.Date, plan.Due?.Citation.ToJson(), plan.Entered);
        await transaction.Execute("update households set plan_due_date = null, plan_due_citation = null where id = $1", plan.Household);
        foreach (var measure in plan.Measures)
            await transaction.Insert(plan, measure);
    }

    public static Task<int> Insert(this Transaction transaction, Plan plan, Measure measure) => transaction.Execute(
        """
        insert into measures (id, plan_id, division, kind, description, responsible_person, start_date, details, citation)
        values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb)
        """,
        measure.Id, plan.Id, plan.Division, (short)measure.Kind, measure.Description, measure.ResponsiblePerson, measure.Start,
        JsonSerializer.Serialize(measure.Details), measure.Citation?.ToJson());

    public static Task End(this Transaction transaction, Measure measure) => transaction.Execute(
        "update measures set result = $2, end_date = $3 where id = $1", measure.Id, measure.Result, measure.End);

    public static Task SaveVersion(this Transaction transaction, Plan plan) =>
        transaction.Execute("update plans set version = $2 where id = $1", plan.Id, plan.Version);

    /// <summary>The household's risk is cleared: its plan ends, and none is due.</summary>
    public static async Task ClosePlan(this Transaction transaction, Guid household)
    {
        await transaction.Execute(
            "update plans set closed_date = $2, version = version + 1 where household_id = $1 and closed_date is null", household, transaction.Today);
        await transaction.Execute("update households set plan_due_date = null, plan_due_citation = null where id = $1", household);
    }

    static Task<List<Measure>> MeasuresOf(this Transaction transaction, Guid plan) => transaction.Query(
        """
        select id, kind, description, responsible_person, start_date, result, end_date, details::text, citation::text
        from measures where plan_id = $1 order by start_date, id
        """,
        row => new Measure(row.GetGuid(0), (MeasureKind)row.GetInt16(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateOnly>(4))
        {
            Result = row.GetString(5),
            End = row.IsDBNull(6) ? null : row.GetFieldValue<DateOnly>(6),
            Details = JsonSerializer.Deserialize<SortedDictionary<string, string>>(row.GetString(7))!,
            Citation = row.IsDBNull(8) ? null : row.GetString(8).ToCitation(),
        }, plan);

    static Plan ReadPlan(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4),
        row.IsDBNull(5) ? null : new PlanDue(row.GetFieldValue<DateOnly>(5), row.GetString(6).ToCitation()), row.GetFieldValue<DateOnly>(7))
    {
        Closed = row.IsDBNull(8) ? null : row.GetFieldValue<DateOnly>(8),
        Version = row.GetInt64(9),
    };

    static MissingPlan ReadMissing(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), new PlanDue(row.GetFieldValue<DateOnly>(2), row.GetString(3).ToCitation()), row.GetInt64(4));
}
