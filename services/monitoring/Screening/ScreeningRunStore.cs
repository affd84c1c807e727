using System.Text.Json;
using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>A household that one of two runs found by a rule and the other did not.</summary>
sealed record FindingDifference(Guid Household, string Division, string Rule, bool Enters, string Evidence);

/// <summary>How many households a rule finds in two runs.</summary>
sealed record FindingComparison(string Rule, int Live, int Tried, int Enter, int Leave);

/// <summary>The SQL of what is kept of screening, and of comparing one run with another.</summary>
static class ScreeningRunStore
{
    public static Task Insert(this Transaction transaction, ScreeningRun run) => transaction.Execute(
        """
        insert into screening_runs (id, division, start_time, scheduled, households, rules, citations)
        values ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb)
        """,
        run.Id, run.Division, run.Start, run.Scheduled, run.Households, JsonSerializer.Serialize(run.Rules),
        $"[{string.Join(',', run.Citations.Select(citation => citation.ToJson()))}]");

    /// <summary>The runs of a division and those below it, latest first.</summary>
    public static Task<List<ScreeningRun>> ScreeningRuns(this Transaction transaction, string division, Page page) => transaction.Query(
        """
        select id, division, start_time, scheduled, households, rules::text, array(select jsonb_array_elements(citations)::text)
        from screening_runs
        where ($1 = '00000000-0000-0000-0000-000000000000' or id < $1) and division >= $2 and division < $2 || ':'
        order by id desc limit $3
        """, Read, page.AfterId, division, page.Limit);

    /// <summary>
    /// The counties of the directory that have households, each with the time from which its next run counts: its last run, or its first
    /// household's registration.
    /// </summary>
    public static Task<List<(string County, DateTimeOffset Since)>> CountiesToScreen(this Transaction transaction) => transaction.Query(
        """
        select code, coalesce(
                   (select max(start_time) from screening_runs where starts_with(code, division)),
                   (select create_time from households where division >= code and division < code || ':' limit 1)) as since
        from directory_divisions
        where length(code) = 6 and exists (select from households where division >= code and division < code || ':')
        order by code
        """, row => (row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)));

    /// <summary>How many households each rule found.</summary>
    public static Task<List<RuleCount>> CountFindings(this Transaction transaction) => transaction.Query(
        "select rule, count(*)::int from findings group by rule", row => new RuleCount(row.GetString(0), row.GetInt32(1)));

    /// <summary>Puts the findings aside, to compare them with those of another run.</summary>
    public static Task KeepFindingsAsLive(this Transaction transaction) => transaction.Execute("alter table findings rename to live_findings");

    /// <summary>Pairs every finding of the two runs.</summary>
    public static Task CompareFindings(this Transaction transaction) => transaction.Execute(
        """
        create temporary table comparison on commit drop as
        select household_id, rule, live.evidence as live, tried.evidence as tried
        from live_findings as live full join findings as tried using (household_id, rule)
        """);

    public static Task<List<FindingComparison>> ComparisonOfRules(this Transaction transaction) => transaction.Query(
        """
        select rule, count(live)::int, count(tried)::int, (count(*) filter (where live is null))::int, (count(*) filter (where tried is null))::int
        from comparison group by rule
        """, row => new FindingComparison(row.GetString(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4)));

    /// <summary>How many households would be found that are not, and how many would be found no more.</summary>
    public static Task<(int Entering, int Leaving)> ComparisonOfHouseholds(this Transaction transaction) => transaction.First(
        """
        select (count(*) filter (where live = 0))::int, (count(*) filter (where tried = 0))::int
        from (select count(live) as live, count(tried) as tried from comparison group by household_id) as household
        """, row => (row.GetInt32(0), row.GetInt32(1)));

    public static Task<List<FindingDifference>> FindingDifferences(this Transaction transaction, Guid afterHousehold, string afterRule, int limit) =>
        transaction.Query(
            """
            select household_id, division, rule, live is null, coalesce(live, tried)::text
            from comparison join households on id = household_id
            where (live is null) <> (tried is null) and (household_id, rule) > ($1, $2)
            order by household_id, rule limit $3
            """,
            row => new FindingDifference(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetString(4)),
            afterHousehold, afterRule, limit);

    static ScreeningRun Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.GetBoolean(3), row.GetInt32(4))
    {
        Rules = JsonSerializer.Deserialize<RuleOutcome[]>(row.GetString(5))!,
        Citations = Array.ConvertAll(row.GetFieldValue<string[]>(6), ClueStore.ToCitation),
    };
}
