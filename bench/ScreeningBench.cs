using Governance.Monitoring.V1;
using Governance.Support;

namespace Governance.Bench;

/// <summary>
/// Screening by all rules of a province of 600,000 households beside one bare aggregate over what it reads: the least that any program must
/// read to know the same. The second run is measured, as in every month but the first: the clues are there and most evidence is
/// unchanged. What a year's incomes come to is kept as they are recorded, so the aggregate over every quarter is shown for comparison.
/// </summary>
static class ScreeningBench
{
    public static async Task Run()
    {
        await using var monitoring = new ProvinceService();
        await monitoring.InitializeAsync();
        foreach (var table in (string[])["households", "members", "incomes", "income_years"])
            await monitoring.Database.Execute($"vacuum analyze {table}");
        var screening = new Screening.ScreeningClient(monitoring.As("61", Everything.Permissions));

        var (screened, aggregated) = await Report.InTurn(3,
            () => Report.Seconds(async () =>
            {
                var answer = await screening.RunScreeningAsync(new RunScreeningRequest());
                if (answer.Rules.Sum(rule => rule.Fired) == 0)
                    throw new InvalidOperationException("No rule fired: nothing was measured.");
            }),
            () => Report.Seconds(() => monitoring.Database.Query<long>(Aggregate)));
        var quarters = await Report.Seconds(() => monitoring.Database.Query<long>(AggregateOfQuarters));
        var rehearsed = await Report.Seconds(async () => await screening.RehearseScreeningAsync(new RehearseScreeningRequest
        {
            Changes = { new PolicyChange { PolicyId = "monitoring.income_line", Value = "9000" } },
        }));
        Report.Figure($"screening {SampleProvince.Households:N0} households by all rules", screened, "s");
        Report.Figure("one bare aggregate over the same tables", aggregated, "s");
        Report.Figure("one bare aggregate over every quarter's incomes", quarters, "s");
        Report.Figure("rehearsing another income line", rehearsed, "s");
        Report.AtMost("screening ÷ aggregate, time", screened / aggregated, 3);
    }

    const string Aggregate =
        """
        select count(*) + coalesce(sum(people.members), 0)::bigint + coalesce(sum(money.per_capita_fen), 0)::bigint
        from households
        join (select household_id, count(*) as members, bool_or(insurance = 1) as uninsured, bool_or(employed) as employed
              from members group by household_id) as people on people.household_id = households.id
        left join income_years as money on money.household_id = households.id
        """;

    const string AggregateOfQuarters =
        """
        select count(*) + coalesce(sum(people.members), 0)::bigint + coalesce(sum(money.net), 0)::bigint
        from households
        join (select household_id, count(*) as members, bool_or(insurance = 1) as uninsured, bool_or(employed) as employed
              from members group by household_id) as people on people.household_id = households.id
        left join (select household_id, sum(per_capita_net_fen) as net, max(per_capita_net_fen) as best from incomes group by household_id) as money on money.household_id = households.id
        """;
}
