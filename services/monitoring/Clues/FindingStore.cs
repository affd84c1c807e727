using Google.Protobuf.Reflection;
using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>How many clues of a rule.</summary>
sealed record RuleCount(string Rule, int Count);

/// <summary>
/// The SQL by which what a machine found becomes clues, many at once. The finder fills the temporary table
/// <c>findings (household_id uuid, rule text, evidence jsonb, citation jsonb)</c>, one row per household and rule of
/// <see cref="ClueRules"/>. What is under "figures" of the evidence is shown, but does not make it other evidence.
/// </summary>
static class FindingStore
{
    /// <summary>Creates <c>findings</c> for a finder that inserts into it; a finder may as well create it by its own query.</summary>
    public static Task PrepareFindings(this Transaction transaction) => transaction.Execute(
        "create temporary table findings (household_id uuid, rule text, evidence jsonb, citation jsonb) on commit drop");

    /// <summary>
    /// Makes clues of the findings and tells of each. A clue that waits is not raised twice: its figures follow the household, its
    /// clock does not start anew. What a human decided stands while the evidence is the same. A household that is monitored needs no
    /// identification: its clue is entered as identified, for the plan to deal with. Answers with the clues raised.
    /// </summary>
    public static async Task<List<RuleCount>> RaiseClues(this Transaction transaction, ClueSource source, PolicyBook policies)
    {
        // Two at once would raise the same twice, and one of them would fail.
        await transaction.Execute("select pg_advisory_xact_lock(hashtextextended('raise clues', 0))");
        // The planner knows nothing of a table that has just been filled.
        await transaction.Execute("create index on findings (household_id, rule); analyze findings (household_id, rule)");

        var places = policies.Places(
            transaction.Today, MonitoringPolicies.IdentificationDays, MonitoringPolicies.ElderlyAge, MonitoringPolicies.SevereDisabilityGrade);
        var days = places.ConvertAll(place => policies.Get(MonitoringPolicies.IdentificationDays, place, transaction.Today));
        await transaction.Execute(
            """
            create temporary table weighed on commit drop as
            with term as (select * from unnest($1::text[], $2::date[], $3::jsonb[], $4::date[], $5::int[]) as term (prefix, due_date, due_citation, elderly_birth, severe)),
            person as (
                select household_id, division, max(birth_date) as youngest_birth, bool_or(1 = any(health_conditions)) as gravely_ill,
                       min(nullif(disability_grade, 0)) as worst_disability
                from members where household_id in (select household_id from findings)
                group by household_id, division
            )
            select finding.*, person.division, place.due_date, place.due_citation,
                   array_remove(array[case when youngest_birth <= elderly_birth then 1 end, case when gravely_ill then 2 end,
                                      case when worst_disability <= severe then 3 end], null)::smallint[] as aggravations
            from findings as finding
            join person using (household_id)
            cross join lateral (select * from term where starts_with(division, prefix) order by length(prefix) desc limit 1) as place
            """,
            places, days.ConvertAll(value => transaction.Today.AddDays(value.Value)), days.ConvertAll(value => value.Citation.ToJson()),
            places.ConvertAll(place => transaction.Today.AddYears(-policies.Get(MonitoringPolicies.ElderlyAge, place, transaction.Today).Value)),
            places.ConvertAll(place => policies.Get(MonitoringPolicies.SevereDisabilityGrade, place, transaction.Today).Value));

        await transaction.Execute(
            """
            update clues set evidence = found.evidence, citation = found.citation, aggravations = found.aggravations, version = version + 1, update_time = $1
            from weighed as found
            where clues.household_id = found.household_id and clues.rule = found.rule and clues.state = 1
              and (clues.evidence, clues.citation, clues.aggravations) is distinct from (found.evidence, found.citation, found.aggravations)
            """, transaction.Now);

        // Looked for before the first is raised: else each would be sought among those raised a moment ago.
        await transaction.Execute(
            """
            create temporary table unknown on commit drop as
            select * from weighed as found
            where not exists (
                select from clues where clues.household_id = found.household_id and clues.rule = found.rule
                   and (clues.state in (1, 2)
                        or clues.state in (3, 4) and clues.stands and clues.evidence - 'figures' = found.evidence - 'figures'))
            """);
        return await transaction.Query(
            """
            with raised as (
                insert into clues (id, household_id, division, source, rule, evidence, citation, aggravations, state, found_date, due_date, due_citation, create_time, update_time)
                select gen_random_uuid(), unknown.household_id, unknown.division, $3, rule, evidence, citation, aggravations,
                       case when monitored_kind = 0 then 1 else 3 end, $2, due_date, due_citation, $1, $1
                from unknown join households on households.id = unknown.household_id
                returning id, household_id, division, rule, due_date
            ), told as (
                insert into outbox (type, subject, division, version, data)
                select 'governance.monitoring.v1.ClueRaised', id::text, division, 1, json_build_object(
                           'clueId', id, 'householdId', household_id, 'source', $4, 'rule', rule, 'foundDate', $2, 'dueDate', due_date)
                from raised
            )
            select rule, count(*)::int from raised group by rule
            """, row => new RuleCount(row.GetString(0), row.GetInt32(1)), transaction.Now, transaction.Today, (short)source, NameOf(source));
    }

    /// <summary>
    /// After <see cref="RaiseClues"/>, ends what findings of <paramref name="source"/> no longer bear out, in a division or among some
    /// households of it: a clue that nobody has visited yet lapses, and a decision answers no more for evidence that has gone. Answers
    /// with the clues lapsed.
    /// </summary>
    public static async Task<List<RuleCount>> LapseClues(this Transaction transaction, ClueSource source, string division, Guid[]? households = null)
    {
        await transaction.Execute(
            """
            update clues set stands = false
            where state in (3, 4) and stands and source = $1 and division >= $2 and division < $2 || ':' and ($3::uuid[] is null or household_id = any($3))
              and not exists (select from findings where findings.household_id = clues.household_id and findings.rule = clues.rule)
            """, (short)source, division, households);
        return await transaction.Query(
            """
            with lapsed as (
                update clues set state = 5, version = version + 1, update_time = $4
                where state = 1 and source = $1 and division >= $2 and division < $2 || ':' and ($3::uuid[] is null or household_id = any($3))
                  and not exists (select from findings where findings.household_id = clues.household_id and findings.rule = clues.rule)
                returning id, household_id, division, rule, version
            ), told as (
                insert into outbox (type, subject, division, version, data)
                select 'governance.monitoring.v1.ClueLapsed', id::text, division, version,
                       json_build_object('clueId', id, 'householdId', household_id, 'rule', rule)
                from lapsed
            )
            select rule, count(*)::int from lapsed group by rule
            """, row => new RuleCount(row.GetString(0), row.GetInt32(1)), (short)source, division, households, transaction.Now);
    }

    /// <summary>As proto3 JSON writes it.</summary>
    static string NameOf(ClueSource source) =>
        CluesReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(ClueSource)).FindValueByNumber((int)source).Name;
}
