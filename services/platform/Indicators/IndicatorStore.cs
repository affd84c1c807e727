using Governance.Platform.Data;

namespace Governance.Platform.Indicators;

/// <summary>The SQL of indicators: what was told of them.</summary>
static class IndicatorStore
{
    /// <summary>Notes that these divisions are under the target in a month, and answers with those that were not noted before.</summary>
    public static async Task<HashSet<string>> TellUnderTarget(this Transaction transaction, string indicator, DateOnly month, string[] divisions) =>
        [.. await transaction.Query(
            """
            insert into indicators_told (indicator, division, month) select $1, division, $2 from unnest($3::text[]) as division
            on conflict do nothing returning division
            """, row => row.GetString(0), indicator, month, divisions)];
}
