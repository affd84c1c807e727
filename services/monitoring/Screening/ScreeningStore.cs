using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>The SQL of screening: each table is asked once whom the rules may concern, and then only they are looked at.</summary>
static class ScreeningStore
{
    /// <summary>
    /// Finds the households on which a rule fires by the <paramref name="policies"/> of <paramref name="date"/>, and keeps them in the
    /// temporary table "findings", as <see cref="FindingStore"/> wants it, until the transaction ends.
    /// </summary>
    public static async Task Screen(this Transaction transaction, string division, PolicyBook policies, DateOnly date)
    {
        var places = policies.Places(date, ClueRules.Policies);
        var lines = places.ConvertAll(place => policies.Get(MonitoringPolicies.IncomeLine, place, date).Value);
        var falls = places.ConvertAll(place => policies.Get(MonitoringPolicies.IncomeDrop, place, date).Value);
        var medicalLimits = places.ConvertAll(place => policies.Get(MonitoringPolicies.MedicalSpending, place, date).Value);
        var rigidShares = places.ConvertAll(place => policies.Get(MonitoringPolicies.RigidSpending, place, date).Value);
        var lastPeriod = Quarter.LastOver(transaction.Today).Period;

        await transaction.TakeMemory();
        // Most households have nothing: each table is asked by itself, by the widest of the thresholds, and only what it names is looked
        // at in earnest. What excludes most comes first, for the scope of a row costs more to check. Queries of their own, rather than
        // inserts, so that all processors work on them.
        await transaction.Execute(
            """
            create temporary table suspects on commit drop as
            select household_id, max(dwelling_grade) as dwelling_grade, bool_or(unsafe_water) as unsafe_water
            from (
                select id as household_id, dwelling_grade, water_safety = 2 as unsafe_water
                from households where dwelling_grade >= 3 and division >= $1 and division < $1 || ':' -- C, D, none
                union all
                select id, 0, true from households where water_safety = 2 and division >= $1 and division < $1 || ':'
                union all
                select household_id, 0, false
                from members left join (select household_id as home from members where employed) as employed on home = household_id
                where division >= $1 and division < $1 || ':'
                  and (insurance = 1 or school_status in (2, 3) or home is null and labour_ability between 1 and 3)
                union all
                select household_id, 0, false from income_years
                where division >= $1 and division < $1 || ':' and last_period > $2 - 4
                  and (per_capita_fen < $3 or medical_fen > $5 or rigid_fen > 0 and rigid_fen >= net_fen * $6
                       or quarter_before_fen > 0 and latest_fen <= quarter_before_fen * (1 - $4) or year_before_fen > 0 and latest_fen <= year_before_fen * (1 - $4))
            ) as found
            group by household_id
            """, division, lastPeriod, lines.Max(), falls.Min(), medicalLimits.Min(), rigidShares.Min());
        await transaction.Execute("analyze suspects");
        await transaction.Execute(
            """
            create temporary table findings on commit drop as
            with term as (
                select * from unnest($2::text[], $3::bigint[], $4::numeric[], $5::bigint[], $6::numeric[], $7::jsonb[])
                    as term (prefix, line, fall, medical_limit, rigid_share, citations)
            ), person as (
                select household_id, division, dwelling_grade, unsafe_water, count(*) as members,
                       count(*) filter (where labour_ability between 1 and 3) as labour, -- full, skilled, partial
                       bool_or(employed) as employed,
                       jsonb_agg(id order by id) filter (where insurance = 1) as uninsured,
                       jsonb_agg(id order by id) filter (where school_status in (2, 3)) as drop_outs -- suspected, dropped out
                from suspects join members using (household_id)
                group by household_id, division, dwelling_grade, unsafe_water
            ), facts as (
                select person.*, income.*, place.prefix,
                       dwelling_grade >= 3 as unsafe, -- C, D, none
                       labour > 0 and not employed as idle,
                       per_capita_fen < line as low,
                       quarter_before_fen > 0 and latest_fen <= quarter_before_fen * (1 - fall) as fell_in_quarter,
                       year_before_fen > 0 and latest_fen <= year_before_fen * (1 - fall) as fell_in_year,
                       medical_fen > medical_limit as sick,
                       rigid_fen > 0 and rigid_fen >= net_fen * rigid_share as rigid
                from person
                -- Of the places that fit, the longest.
                cross join lateral (select * from term where starts_with(division, prefix) order by length(prefix) desc limit 1) as place
                left join (
                    select household_id as earner, last_period, quarters, per_capita_fen, net_fen, rigid_fen, medical_fen, latest_fen, quarter_before_fen, year_before_fen
                    from income_years where last_period > $1 - 4
                ) as income on earner = household_id
            ), found as (
                select household_id, prefix, 'MON-05.income_below_line' as rule,
                       jsonb_build_object('per_capita_fen', per_capita_fen, 'quarters', quarters, 'last', last_period) as evidence
                from facts where low
                union all
                select household_id, prefix, 'MON-05.income_drop', case
                    when fell_in_quarter then jsonb_build_object('from_fen', quarter_before_fen, 'to_fen', latest_fen, 'against', 'quarter', 'last', last_period)
                    else jsonb_build_object('from_fen', year_before_fen, 'to_fen', latest_fen, 'against', 'year', 'last', last_period) end
                from facts where fell_in_quarter or fell_in_year
                union all
                select household_id, prefix, 'MON-05.medical_spending', jsonb_build_object('medical_fen', medical_fen, 'last', last_period) from facts where sick
                union all
                select household_id, prefix, 'MON-05.rigid_spending', jsonb_build_object('rigid_fen', rigid_fen, 'net_fen', net_fen, 'last', last_period) from facts where rigid
                union all
                select household_id, prefix, 'MON-05.unsafe_dwelling', jsonb_build_object('grade', dwelling_grade) from facts where unsafe
                union all
                select household_id, prefix, 'MON-05.unsafe_water', jsonb_build_object('water', 2) from facts where unsafe_water
                union all
                select household_id, prefix, 'MON-05.uninsured_member', jsonb_build_object('members', members, 'uninsured', uninsured) from facts where uninsured is not null
                union all
                select household_id, prefix, 'MON-05.nobody_employed', jsonb_build_object('labour', labour) from facts where idle
                union all
                select household_id, prefix, 'MON-05.drop_out', jsonb_build_object('drop_outs', drop_outs) from facts where drop_outs is not null
            )
            select household_id, rule, evidence, citations -> rule as citation
            from found join term using (prefix)
            where citations ? rule
            """, lastPeriod, places, lines, falls, medicalLimits, rigidShares, places.ConvertAll(place => Citations(policies, place, date)));
        await transaction.Execute("drop table suspects");
    }

    /// <summary>How many households are screened in a division.</summary>
    public static Task<int> CountHouseholds(this Transaction transaction, string division) => transaction.First(
        "select count(*)::int from households where division >= $1 and division < $1 || ':'", row => row.GetInt32(0), division);

    /// <summary>What each rule that is on in a place applies there, by the rule's code.</summary>
    static string Citations(PolicyBook policies, string place, DateOnly date) =>
        $"{{{string.Join(',', ClueRules.Screening.Where(rule => policies.Get(rule.Switch!, place, date).Value)
            .Select(rule => $"\"{rule.Rule.Code}\":{rule.Cite(policies, place, date).ToJson()}"))}}}";
}
