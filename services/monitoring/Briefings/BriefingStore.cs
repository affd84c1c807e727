using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of briefings.</summary>
static class BriefingStore
{
    /// <summary>The briefing with its figures, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static async Task<Briefing?> FindBriefing(this Transaction transaction, Guid id)
    {
        var briefing = await transaction.First(
            "select id, division, month, created_date, citation::text, held_date, minutes, version from briefings where id = $1 for update", Read, id);
        return briefing is null ? null : briefing with
        {
            Figures = await transaction.Query("select part, figure, value, before from briefing_figures where briefing_id = $1 order by part, figure",
                row => new BriefingFigure(row.GetString(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetInt64(3)), id),
        };
    }

    /// <inheritdoc cref="FindBriefing"/>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<Briefing> Briefing(this Transaction transaction, Guid id) =>
        await transaction.FindBriefing(id) ?? throw new NotFoundException("briefing", id.ToString());

    public static Task<List<Briefing>> Briefings(this Transaction transaction, string division, DateOnly? month, DateOnly? from, DateOnly? until,
        Page page) => transaction.Query(
        """
        select id, division, month, created_date, citation::text, held_date, minutes, version from briefings
        where id > $1 and division >= $2 and division < $2 || ':' and ($3::date is null or month = $3)
          and ($4::date is null or month >= $4) and ($5::date is null or month <= $5)
        order by id limit $6
        """, Read, page.AfterId, division, month, from, until, page.Limit);

    /// <summary>Keeps the briefing and takes down its figures, of the county and of each township, in one pass over what they count.</summary>
    public static async Task Insert(this Transaction transaction, Briefing briefing)
    {
        await transaction.Execute(
            "insert into briefings (id, division, month, created_date, citation) values ($1, $2, $3, $4, $5::jsonb)",
            briefing.Id, briefing.Division, briefing.Month, briefing.Created, briefing.Citation.ToJson());
        await transaction.Execute(
            """
            insert into briefing_figures (briefing_id, division, part, figure, value, before)
            with counted as (
                select division, 'households' as figure, 1 as number from households
                union all
                select division, 'people', 1 from members
                union all
                select division, (array['monitored.unstable', 'monitored.marginal', 'monitored.sudden'])[monitored_kind], 1
                from households where monitored_kind <> 0
                union all
                select division, unnest(array['clues.source.' || source, 'clues.rule.' || nullif(rule, '')]), 1
                from clues where found_date >= $3 and found_date < $3 + interval '1 month'
                union all
                select division, 'clues.overdue', 1 from clues where state in (1, 2) and due_date < $4
                union all
                select division, 'plans.entered', 1 from plans where entered_date >= $3 and entered_date < $3 + interval '1 month'
                union all
                select division, 'plans.overdue', 1 from households where plan_due_date < $4
                union all
                select division, 'measures.started', 1 from measures where start_date >= $3 and start_date < $3 + interval '1 month'
                union all
                select division, 'measures.ended', 1 from measures where end_date >= $3 and end_date < $3 + interval '1 month'
                union all
                select division, 'clearances', 1 from clearances
                where state = 2 and (update_time at time zone 'Asia/Shanghai')::date >= $3
                  and (update_time at time zone 'Asia/Shanghai')::date < $3 + interval '1 month'
                union all
                select division, 'incomes.missing', 1 from households
                where (category = 1 or monitored_kind <> 0)
                  and not exists (select from incomes where household_id = households.id and period = $5)
                union all
                select member.division, 'uninsured', 1
                from members as member join households as household on household.id = member.household_id
                where (household.category = 1 or household.monitored_kind <> 0) and member.insurance not in (2, 3)
                union all
                select division, 'drop_outs', 1 from drop_outs where state <> 3
                union all
                select division, 'drop_outs.late', 1 from drop_outs where state <> 3 and report_due_date < $4
            ), summed as (
                select coalesce(left(division, 9), $2) as part, figure, sum(number) as value
                from counted where division >= $2 and division < $2 || ':' and figure is not null
                group by grouping sets ((figure), (left(division, 9), figure))
            ), earlier as (
                select part, figure, value
                from briefing_figures where briefing_id = (select id from briefings where division = $2 and month = ($3 - interval '1 month')::date)
            )
            -- What was counted the month before and is not now is nought now, and the other way round.
            select $1, $2, part, figure, coalesce(summed.value, 0),
                   case when exists (select from earlier) then coalesce(earlier.value, 0) end
            from summed full join earlier using (part, figure)
            """, briefing.Id, briefing.Division, briefing.Month, briefing.Created, Quarter.LastOver(briefing.Created).Period);
    }

    public static Task Save(this Transaction transaction, Briefing briefing) => transaction.Execute(
        "update briefings set held_date = $2, minutes = $3, version = $4 where id = $1",
        briefing.Id, briefing.Held, briefing.Minutes, briefing.Version);

    /// <summary>Tells once of every county with households that let the month before this one end without its meeting.</summary>
    public static Task<int> TellMissedMeetings(this Transaction transaction)
    {
        var today = transaction.Today;
        var month = new DateOnly(today.Year, today.Month, 1).AddMonths(-1);
        return transaction.Execute(
            """
            with missed as (
                insert into meetings_missed (division, month)
                select county, $1
                from (select distinct left(division, 6) as county from households where create_time < $2) as county
                where not exists (select from briefings where division = county and month = $1 and held_date is not null)
                on conflict do nothing
                returning division
            )
            insert into outbox (type, subject, division, version, data)
            select 'governance.monitoring.v1.MeetingMissed', division || '/' || $3, division, $4, json_build_object('division', division, 'month', $3::text)
            from missed
            """, month, Platform.Calendar.StartOf(month), Monitoring.DropOut.Month(month), (month.Year * 12L) + month.Month);
    }

    static Briefing Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetFieldValue<DateOnly>(3),
        row.GetString(4).ToCitation())
    {
        Held = row.IsDBNull(5) ? null : row.GetFieldValue<DateOnly>(5),
        Minutes = row.GetString(6),
        Version = row.GetInt64(7),
    };
}
