using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>What one rule did in a run.</summary>
sealed record RuleOutcome(string Rule, int Fired, int Raised, int Lapsed);

/// <summary>The SQL of screening: one pass over the registry and the incomes for all rules.</summary>
static class ScreeningStore
{
    /// <summary>
    /// Finds the households on which a rule fires and keeps them in the temporary table "findings" until the transaction ends.
    /// Answers with the number of households looked at.
    /// </summary>
    public static async Task<int> Screen(this Transaction transaction, string division, PolicyBook policies)
    {
        var thresholds = new Thresholds();
        thresholds.Add(Rules.IncomeBelowLine.Code, policies.All(MonitoringPolicies.IncomeLine, transaction.Today), value => value);
        thresholds.Add(Rules.IncomeDrop.Code, policies.All(MonitoringPolicies.IncomeDrop, transaction.Today), value => value);
        thresholds.Add(Rules.MedicalSpending.Code, policies.All(MonitoringPolicies.MedicalSpending, transaction.Today), value => value);
        thresholds.Add("elderly_age", policies.All(MonitoringPolicies.ElderlyAge, transaction.Today), value => value);
        thresholds.Add("identification", policies.All(MonitoringPolicies.IdentificationDays, transaction.Today), value => value);

        await transaction.Execute(
            """
            create temporary table thresholds (name text, prefix text, value numeric, citation jsonb) on commit drop;
            create temporary table findings (
                household_id uuid, division text, rule text, evidence jsonb, citation jsonb, aggravations smallint[], due_date date, due_citation jsonb) on commit drop
            """);
        await transaction.Execute(
            "insert into thresholds select * from unnest($1::text[], $2::text[], $3::numeric[], $4::jsonb[])",
            thresholds.Names, thresholds.Prefixes, thresholds.Values, thresholds.Citations);

        await transaction.Execute(
            """
            insert into findings
            with place as materialized (
                -- The thresholds of every village: of the policies that fit, the one of the longest division.
                select village.division, line.value::bigint as line, line.citation as line_citation, fall.value as fall, fall.citation as fall_citation,
                       medical.value::bigint as medical, medical.citation as medical_citation,
                       ($3 - make_interval(years => elderly.value::int))::date as elderly_birth,
                       $3 + identification.value::int as due_date, identification.citation as due_citation
                from (select distinct division from households where division >= $1 and division < $1 || ':') as village
                cross join lateral (select * from thresholds where name = 'MON-05.income_below_line' and starts_with(village.division, prefix) order by length(prefix) desc limit 1) as line
                cross join lateral (select * from thresholds where name = 'MON-05.income_drop' and starts_with(village.division, prefix) order by length(prefix) desc limit 1) as fall
                cross join lateral (select * from thresholds where name = 'MON-05.medical_spending' and starts_with(village.division, prefix) order by length(prefix) desc limit 1) as medical
                cross join lateral (select * from thresholds where name = 'elderly_age' and starts_with(village.division, prefix) order by length(prefix) desc limit 1) as elderly
                cross join lateral (select * from thresholds where name = 'identification' and starts_with(village.division, prefix) order by length(prefix) desc limit 1) as identification
            ), person as (
                select household_id, count(*) as members, max(birth_date) as youngest_birth,
                       bool_or(insurance = 1) as uninsured,
                       count(*) filter (where labour_ability between 1 and 3) as labour, -- full, skilled, partial
                       bool_or(employed) as employed,
                       bool_or(school_status in (2, 3)) as drop_out, -- suspected, dropped out
                       bool_or(health_conditions @> '{1}') as severe_illness,
                       bool_or(disability_grade in (1, 2)) as severe_disability
                from members where division >= $1 and division < $1 || ':'
                group by household_id
            ), income as (
                -- The five quarters that ended last: four make the year, the fifth is the same quarter of last year.
                select household_id,
                       count(*) filter (where period > $2 - 4) as quarters,
                       sum(per_capita_net_fen) filter (where period > $2 - 4) as recorded,
                       sum(medical_fen) filter (where period > $2 - 4) as medical,
                       max(per_capita_net_fen) filter (where period = $2) as latest,
                       max(per_capita_net_fen) filter (where period = $2 - 1) as quarter_before,
                       max(per_capita_net_fen) filter (where period = $2 - 4) as year_before
                from incomes where division >= $1 and division < $1 || ':' and period between $2 - 4 and $2
                group by household_id
            ), facts as materialized (
                select household.id, household.division, household.dwelling_grade, household.water_safety, person.*, income.quarters, income.latest,
                       income.medical, income.quarter_before, income.year_before, income.recorded * 4 / nullif(income.quarters, 0) as per_capita, place.line, place.fall,
                       place.medical as medical_limit, person.youngest_birth <= place.elderly_birth as elderly_only
                from households as household
                join place on place.division = household.division
                join person on person.household_id = household.id
                left join income on income.household_id = household.id
                where household.monitored_kind = 0
            ), fired as (
                select id, division, elderly_only, severe_illness, severe_disability, 'MON-05.income_below_line' as rule,
                       jsonb_build_object('per_capita_fen', per_capita::bigint, 'quarters', quarters, 'last', $2) as evidence
                from facts where per_capita < line
                union all
                select id, division, elderly_only, severe_illness, severe_disability, 'MON-05.income_drop', case when latest <= quarter_before * (1 - fall) and quarter_before > 0
                    then jsonb_build_object('from_fen', quarter_before, 'to_fen', latest, 'against', 'quarter', 'last', $2)
                    else jsonb_build_object('from_fen', year_before, 'to_fen', latest, 'against', 'year', 'last', $2) end
                from facts where quarter_before > 0 and latest <= quarter_before * (1 - fall) or year_before > 0 and latest <= year_before * (1 - fall)
                union all
                select id, division, elderly_only, severe_illness, severe_disability, 'MON-05.medical_spending', jsonb_build_object('medical_fen', medical::bigint, 'last', $2)
                from facts where medical > medical_limit
                union all
                select id, division, elderly_only, severe_illness, severe_disability, 'MON-05.unsafe_dwelling', jsonb_build_object('grade', dwelling_grade)
                from facts where dwelling_grade in (3, 4, 5) -- C, D, none
                union all
                select id, division, elderly_only, severe_illness, severe_disability, 'MON-05.unsafe_water', jsonb_build_object('water', water_safety)
                from facts where water_safety = 2
                union all
                select id, division, elderly_only, severe_illness, severe_disability, 'MON-05.uninsured_member', jsonb_build_object('members', members, 'uninsured',
                    (select jsonb_agg(member.id order by member.id) from members as member where member.household_id = facts.id and member.insurance = 1))
                from facts where uninsured
                union all
                select id, division, elderly_only, severe_illness, severe_disability, 'MON-05.nobody_employed', jsonb_build_object('labour', labour)
                from facts where labour > 0 and not employed
                union all
                select id, division, elderly_only, severe_illness, severe_disability, 'MON-05.drop_out', jsonb_build_object('drop_outs',
                    (select jsonb_agg(member.id order by member.id) from members as member where member.household_id = facts.id and member.school_status in (2, 3)))
                from facts where drop_out
            )
            select fired.id, fired.division, fired.rule, fired.evidence,
                   case fired.rule when 'MON-05.income_below_line' then place.line_citation
                                   when 'MON-05.income_drop' then place.fall_citation
                                   when 'MON-05.medical_spending' then place.medical_citation end,
                   array_remove(array[case when fired.elderly_only then 1 end, case when fired.severe_illness then 2 end,
                                      case when fired.severe_disability then 3 end], null)::smallint[],
                   place.due_date, place.due_citation
            from fired join place on place.division = fired.division
            """, division, Quarter.LastOver(transaction.Today).Period, transaction.Today);

        // The planner knows nothing of a table that has just been filled.
        await transaction.Execute("create index on findings (household_id, rule); analyze findings");

        return await transaction.First(
            "select count(*)::int from households where division >= $1 and division < $1 || ':' and monitored_kind = 0", row => row.GetInt32(0), division);
    }

    /// <summary>
    /// Makes clues of the findings. A clue that waits is not raised twice; what a human decided stands while the evidence is the same;
    /// a clue that nobody has visited yet lapses when its evidence has gone.
    /// </summary>
    public static async Task<List<RuleOutcome>> RaiseClues(this Transaction transaction, string division)
    {
        var lapsed = await transaction.Query(
            """
            with lapsed as (
                update clues set state = 5, version = version + 1, update_time = $2
                where state = 1 and source = 5 and division >= $1 and division < $1 || ':'
                  and not exists (select from findings where findings.household_id = clues.household_id and findings.rule = clues.rule)
                returning rule
            )
            select rule, count(*)::int from lapsed group by rule
            """, row => (Rule: row.GetString(0), Count: row.GetInt32(1)), division, transaction.Now);

        // The figures of a clue that waits follow the household; its clock does not start anew.
        await transaction.Execute(
            """
            update clues set evidence = findings.evidence, citation = findings.citation, aggravations = findings.aggravations, version = version + 1, update_time = $1
            from findings
            where clues.household_id = findings.household_id and clues.rule = findings.rule and clues.state = 1
              and (clues.evidence, clues.citation, clues.aggravations) is distinct from (findings.evidence, findings.citation, findings.aggravations)
            """, transaction.Now);

        await transaction.Execute(
            """
            with raised as (
                insert into clues (id, household_id, division, source, rule, evidence, citation, aggravations, found_date, due_date, due_citation, create_time, update_time)
                select gen_random_uuid(), household_id, division, 5, rule, evidence, citation, aggravations, $2, due_date, due_citation, $1, $1
                from findings
                where not exists (select from clues where clues.household_id = findings.household_id and clues.rule = findings.rule
                                  and (clues.state in (1, 2) or clues.state in (3, 4) and clues.evidence = findings.evidence))
                returning id, household_id, division, rule, due_date
            )
            insert into outbox (type, subject, division, version, data)
            select 'governance.monitoring.v1.ClueRaised', id::text, division, 1, json_build_object(
                       'clueId', id, 'householdId', household_id, 'source', 'CLUE_SOURCE_SCREENING', 'rule', rule, 'foundDate', $2, 'dueDate', due_date)
            from raised
            """, transaction.Now, transaction.Today);

        var fired = await transaction.Query(
            """
            select findings.rule, count(*)::int, (count(*) filter (where exists (
                select from clues where clues.household_id = findings.household_id and clues.rule = findings.rule and clues.state = 1 and clues.create_time = $1)))::int
            from findings group by findings.rule
            """, row => (Rule: row.GetString(0), Fired: row.GetInt32(1), Raised: row.GetInt32(2)), transaction.Now);
        return
        [
            .. ScreeningRules.All.Select(rule => new RuleOutcome(
                rule.Rule.Code,
                fired.Find(count => count.Rule == rule.Rule.Code).Fired,
                fired.Find(count => count.Rule == rule.Rule.Code).Raised,
                lapsed.Find(count => count.Rule == rule.Rule.Code).Count)),
        ];
    }

    /// <summary>Policy values by division prefix, as columns.</summary>
    sealed class Thresholds
    {
        public List<string> Names { get; } = [];

        public List<string> Prefixes { get; } = [];

        public List<decimal> Values { get; } = [];

        public List<string> Citations { get; } = [];

        public void Add<T>(string name, IReadOnlyList<(string Division, PolicyValue<T> Value)> values, Func<T,
            decimal> number) where T : notnull
        {
            foreach (var (division, value) in values)
            {
                Names.Add(name);
                Prefixes.Add(division);
                Values.Add(number(value.Value));
                Citations.Add(value.Citation.ToJson());
            }
        }
    }
}
