using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Indicators;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;

namespace Governance.Monitoring;

/// <summary>
/// The SQL of the indicators: one statement measures any of them, another lists its rows. The rows of all are one union, of which
/// PostgreSQL keeps the branch of the indicator that is asked for.
/// </summary>
static class IndicatorStore
{
    // $1 the indicator, $2 the division's prefix, $3 the places with policies of their own, $4 today, $5 by place the period of the quarter that
    // should be recorded, $6 by place the collective income that a key village is to reach.
    const string Rows =
        """
        select 'monitoring.insured' as indicator, member.id, household.number as name, member.division, member.insurance in (2, 3) as counted
        from members as member join households as household on household.id = member.household_id
        where household.category = 1 or household.monitored_kind <> 0
        union all
        -- The four chronic diseases, in out-of-poverty and monitored households.
        select 'monitoring.signed', member.id, household.number, member.division,
               exists (select from signings where member_id = member.id and until_date >= $4)
        from members as member join households as household on household.id = member.household_id
        where (household.category = 1 or household.monitored_kind <> 0) and member.health_conditions && '{2,3,4,5}'
        union all
        select 'monitoring.visited', signing.id, household.number, signing.division, signing.visit_due_date >= $4
        from signings as signing join households as household on household.id = signing.household_id
        where signing.until_date >= $4
        union all
        -- Whoever is of an age to be at school by what is on record.
        select 'monitoring.in_school', member.id, household.number, member.division, member.school_status not in (2, 3)
        from members as member join households as household on household.id = member.household_id
        where member.school_status between 1 and 4
        union all
        select 'monitoring.safe_dwelling', id, number, division, dwelling_grade in (1, 2)
        from households where category = 1 or monitored_kind <> 0
        union all
        select 'monitoring.safe_water', id, number, division, water_safety = 1
        from households where category = 1 or monitored_kind <> 0
        union all
        select 'monitoring.income_recorded', id, number, division,
               exists (select from incomes where household_id = households.id and incomes.period = collected.period)
        from households
        join (select village.division, place.period
              from (select distinct division from households where division >= $2 and division < $2 || ':') as village
              cross join lateral (
                  select period from unnest($3::text[], $5::int[]) as place (prefix, period)
                  where starts_with(village.division, prefix) order by length(prefix) desc limit 1) as place) as collected using (division)
        where category = 1 or monitored_kind <> 0
        union all
        -- This year's clues that were decided, or should have been by now; not those of households that were monitored when they were found, which
        -- nobody identifies twice.
        select 'monitoring.identified_in_time', clue.id, household.number, clue.division,
               clue.state in (3, 4) and (clue.update_time at time zone 'Asia/Shanghai')::date <= clue.due_date
        from clues as clue join households as household on household.id = clue.household_id
        where clue.found_date >= date_trunc('year', $4) and (clue.state in (3, 4) or clue.state in (1, 2) and clue.due_date < $4)
          and not (clue.state = 3 and clue.procedure_id is null and clue.update_time = clue.create_time)
        union all
        -- This year's plans that were entered, or should have been by now.
        select 'monitoring.plans_in_time', plan.id, household.number, plan.division, plan.entered_date <= plan.due_date
        from plans as plan join households as household on household.id = plan.household_id
        where plan.due_date >= date_trunc('year', $4)
        union all
        select 'monitoring.plans_in_time', id, number, division, false
        from households where plan_due_date >= date_trunc('year', $4) and plan_due_date < $4
        """;

    // Most rows count for one; a key village counts for its households, by its latest year.
    const string Weighted =
        "with latest as (select distinct on (village_id) * from village_figures order by village_id, year desc) " +
        "select indicator, id, name, division, counted::int::bigint as part, 1::bigint as whole from (" + Rows +
        """
        ) as each
        union all
        select 'monitoring.key_villages.income', village.id, village.name, village.division, (income_fen >= county_income_fen)::int, 1
        from latest join villages as village on village.id = village_id
        union all
        select 'monitoring.key_villages.tap_water', village.id, village.name, village.division, tap_water_households, households
        from latest join villages as village on village.id = village_id
        union all
        select 'monitoring.key_villages.sanitary_toilets', village.id, village.name, village.division, sanitary_toilet_households, households
        from latest join villages as village on village.id = village_id
        union all
        select 'monitoring.key_villages.collective_income', village.id, village.name, village.division, (collective_income_fen >= place.amount)::int, 1
        from latest join villages as village on village.id = village_id
        cross join lateral (
            select amount from unnest($3::text[], $6::bigint[]) as place (prefix, amount)
            where starts_with(village.division, prefix) order by length(prefix) desc limit 1) as place
        """;

    public static Task<List<Measurement>> Measure(this Transaction transaction, string indicator, PolicyBook policies, string division, int digits)
    {
        var (places, periods, amounts) = Asked(policies, transaction.Today);
        return transaction.Query(
            "select left(division, $7), sum(part)::bigint, sum(whole)::bigint from (" + Weighted +
            ") as row where indicator = $1 and division >= $2 and division < $2 || ':' group by 1",
            row => new Measurement(row.GetString(0), row.GetInt64(1), row.GetInt64(2)),
            indicator, division, places, transaction.Today, periods, amounts, digits);
    }

    public static Task<List<IndicatorRow>> RowsBehind(this Transaction transaction, string indicator, PolicyBook policies, string division, Page page)
    {
        var (places, periods, amounts) = Asked(policies, transaction.Today);
        return transaction.Query(
            "select id, name, division, part = whole from (" + Weighted +
            ") as row where indicator = $1 and division >= $2 and division < $2 || ':' and id > $7 order by id limit $8",
            row => new IndicatorRow
            {
                Id = row.GetGuid(0).ToString(), Name = row.GetString(1), Division = row.GetString(2), Counted = row.GetBoolean(3),
            },
            indicator, division, places, transaction.Today, periods, amounts, page.AfterId, page.Limit);
    }

    /// <summary>What policy asks by place: the quarter that should be recorded by now, as there are days for collecting it, and an amount.</summary>
    static (List<string> Places, List<int> Periods, List<long> Amounts) Asked(PolicyBook policies, DateOnly today)
    {
        var places = policies.Places(today, MonitoringPolicies.IncomeCollectionDays, MonitoringPolicies.VillageCollectiveIncome);
        return (places,
            places.ConvertAll(place => Quarter.LastOver(today.AddDays(-policies.Get(MonitoringPolicies.IncomeCollectionDays, place, today).Value)).Period),
            places.ConvertAll(place => policies.Get(MonitoringPolicies.VillageCollectiveIncome, place, today).Value));
    }
}
