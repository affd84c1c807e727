using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>The SQL of screening: one pass over the registry and the incomes for all rules.</summary>
static class ScreeningStore
{
    /// <summary>
    /// Finds the households on which a rule fires by the <paramref name="policies"/> of <paramref name="date"/>, and keeps them in the
    /// temporary table "findings", as <see cref="FindingStore"/> wants it, until the transaction ends. Answers with the number of
    /// households looked at.
    /// </summary>
    public static async Task<int> Screen(this Transaction transaction, string division, PolicyBook policies, DateOnly date)
    {
        var places = policies.Places(date, ClueRules.Policies);
        // A query of its own, rather than an insert, so that both processors work on it.
        await transaction.Execute(
            """
            create temporary table findings on commit drop as
            with term as (
                select * from unnest($3::text[], $4::bigint[], $5::numeric[], $6::bigint[], $7::numeric[], $8::jsonb[])
                    as term (prefix, line, fall, medical_limit, rigid_share, citations)
            ), place as materialized (
                -- What holds in every village: of the places that fit, the longest.
                select village.division, term.*
                from (select distinct division from households where division >= $1 and division < $1 || ':') as village
                cross join lateral (select * from term where starts_with(village.division, prefix) order by length(prefix) desc limit 1) as term
            ), person as (
                select household_id, count(*) as members,
                       count(*) filter (where labour_ability between 1 and 3) as labour, -- full, skilled, partial
                       bool_or(employed) as employed,
                       bool_or(insurance = 1) as uninsured,
                       bool_or(school_status in (2, 3)) as drop_out -- suspected, dropped out
                from members where division >= $1 and division < $1 || ':'
                group by household_id
            ), facts as (
                select household.id, household.dwelling_grade, household.water_safety, person.*, income.*, place.citations,
                       household.dwelling_grade in (3, 4, 5) as unsafe, -- C, D, none
                       labour > 0 and not employed as idle,
                       per_capita_fen < line as low,
                       quarter_before_fen > 0 and latest_fen <= quarter_before_fen * (1 - fall) as fell_in_quarter,
                       year_before_fen > 0 and latest_fen <= year_before_fen * (1 - fall) as fell_in_year,
                       medical_fen > medical_limit as sick,
                       rigid_fen > 0 and rigid_fen >= net_fen * rigid_share as rigid
                from households as household
                join place on place.division = household.division
                join person on person.household_id = household.id
                left join (
                    select household_id as earner, last_period, quarters, per_capita_fen, net_fen, rigid_fen, medical_fen, latest_fen, quarter_before_fen, year_before_fen
                    from income_years where division >= $1 and division < $1 || ':' and last_period > $2 - 4
                ) as income on income.earner = household.id
                where household.division >= $1 and household.division < $1 || ':'
            )
            select id as household_id, found.rule, found.evidence, citations -> found.rule as citation
            from facts cross join lateral (values
                ('MON-05.income_below_line', low, jsonb_build_object('per_capita_fen', per_capita_fen, 'quarters', quarters, 'last', last_period)),
                ('MON-05.income_drop', fell_in_quarter or fell_in_year, case
                    when fell_in_quarter then jsonb_build_object('from_fen', quarter_before_fen, 'to_fen', latest_fen, 'against', 'quarter', 'last', last_period)
                    else jsonb_build_object('from_fen', year_before_fen, 'to_fen', latest_fen, 'against', 'year', 'last', last_period) end),
                ('MON-05.medical_spending', sick, jsonb_build_object('medical_fen', medical_fen, 'last', last_period)),
                ('MON-05.rigid_spending', rigid, jsonb_build_object('rigid_fen', rigid_fen, 'net_fen', net_fen, 'last', last_period)),
                ('MON-05.unsafe_dwelling', unsafe, jsonb_build_object('grade', dwelling_grade)),
                ('MON-05.unsafe_water', water_safety = 2, jsonb_build_object('water', water_safety)),
                ('MON-05.uninsured_member', uninsured, case when uninsured then jsonb_build_object('members', members, 'uninsured',
                    (select jsonb_agg(member.id order by member.id) from members as member where member.household_id = facts.id and member.insurance = 1)) end),
                ('MON-05.nobody_employed', idle, jsonb_build_object('labour', labour)),
                ('MON-05.drop_out', drop_out, case when drop_out then jsonb_build_object('drop_outs',
                    (select jsonb_agg(member.id order by member.id) from members as member where member.household_id = facts.id and member.school_status in (2, 3))) end)
            ) as found (rule, fires, evidence)
            where (low or fell_in_quarter or fell_in_year or sick or rigid or unsafe or water_safety = 2 or uninsured or idle or drop_out)
              and found.fires and citations ? found.rule
            """,
            division, Quarter.LastOver(transaction.Today).Period, places,
            places.ConvertAll(place => policies.Get(MonitoringPolicies.IncomeLine, place, date).Value),
            places.ConvertAll(place => policies.Get(MonitoringPolicies.IncomeDrop, place, date).Value),
            places.ConvertAll(place => policies.Get(MonitoringPolicies.MedicalSpending, place, date).Value),
            places.ConvertAll(place => policies.Get(MonitoringPolicies.RigidSpending, place, date).Value),
            places.ConvertAll(place => Citations(policies, place, date)));

        return await transaction.First(
            "select count(*)::int from households where division >= $1 and division < $1 || ':'", row => row.GetInt32(0), division);
    }

    /// <summary>What each rule that is on in a place applies there, by the rule's code.</summary>
    static string Citations(PolicyBook policies, string place, DateOnly date) =>
        $"{{{string.Join(',', ClueRules.Screening.Where(rule => policies.Get(rule.Switch!, place, date).Value)
            .Select(rule => $"\"{rule.Rule.Code}\":{rule.Cite(policies, place, date).ToJson()}"))}}}";
}
