using System.Text.Json;
using Governance.Common.V1;
using Governance.Platform.Data;

namespace Governance.Monitoring;

/// <summary>
/// What another service says of a household by an event: the evidence for a rule, or <c>null</c> when there is none any more. A
/// subject, such as an account, speaks for one household at a time, or for none.
/// </summary>
sealed record Signal(string Rule, string Subject, string Household, long Sequence, object? Evidence)
{
    /// <summary>What is shown beside the evidence and may change without being other evidence.</summary>
    public object? Figures { get; init; }

    /// <summary>The limit that the other service applied.</summary>
    public PolicyCitation? Citation { get; init; }
}

/// <summary>The SQL of what other services say of households.</summary>
static class SignalStore
{
    /// <summary>Keeps what was said last; what was said earlier and comes later is let go. Wakes the clerk that makes clues of it.</summary>
    public static Task Keep(this Transaction transaction, Signal signal) => transaction.Execute(
        """
        with kept as (
            insert into signals as known (rule, subject, household_id, sequence, evidence, figures, citation)
            values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7::jsonb)
            on conflict (rule, subject) do update
            set household_id = excluded.household_id, sequence = excluded.sequence, evidence = excluded.evidence, figures = excluded.figures,
                citation = excluded.citation, settled = false,
                former_household_id = case when known.settled then nullif(known.household_id, excluded.household_id) else known.former_household_id end
            where excluded.sequence > known.sequence
            returning rule
        )
        select pg_notify('signals', '') from kept
        """,
        signal.Rule, signal.Subject, signal.Household.Length == 0 ? null : Guid.Parse(signal.Household), signal.Sequence, Json(signal.Evidence),
        Json(signal.Figures), signal.Citation?.ToJson());

    /// <summary>
    /// Takes what was said of registered households and is not settled yet, and answers with those households. What is said from now
    /// on is not settled by this.
    /// </summary>
    public static Task<List<Guid>> TakeSignals(this Transaction transaction) => transaction.Query(
        """
        with said as (
            select rule, subject, household_id, former_household_id from signals where not settled for update
        ), taken as (
            update signals set settled = true, former_household_id = null
            from said
            where signals.rule = said.rule and signals.subject = said.subject
              and (said.household_id is null or said.household_id in (select id from households))
        )
        select id from households where id in (select household_id from said union select former_household_id from said)
        """, row => row.GetGuid(0));

    /// <summary>Keeps what is said of the households as findings.</summary>
    public static Task FindSignals(this Transaction transaction, Guid[] households) => transaction.Execute(
        """
        create temporary table findings on commit drop as
        select household_id, rule, (array_agg(citation order by subject))[1] as citation,
               jsonb_strip_nulls(jsonb_build_object('signals', jsonb_agg(evidence order by subject),
                   'figures', nullif(coalesce(jsonb_agg(figures order by subject) filter (where figures is not null), '[]'), '[]'))) as evidence
        from signals where household_id = any($1) and evidence is not null
        group by household_id, rule
        """, households);

    static string? Json(object? facts) => facts is null ? null : JsonSerializer.Serialize(facts);
}
