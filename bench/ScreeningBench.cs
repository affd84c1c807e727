using Governance.Monitoring.V1;
using Governance.Support;

namespace Governance.Bench;

/// <summary>
/// Screening by all rules of a province of 600,000 households beside one bare aggregate over what it reads: the least that any program must
/// read to know the same. The second run is measured, as in every month but the first: the clues are there and most evidence is
/// unchanged.
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
        var rehearsed = await Report.Seconds(async () => await screening.RehearseScreeningAsync(new RehearseScreeningRequest
        {
            Changes = { new PolicyChange { PolicyId = "monitoring.income_line", Value = "9000" } },
        }));
        Report.Figure($"screening {SampleProvince.Households:N0} households by all rules", screened, "s");
        Report.Figure("one bare aggregate over the same tables", aggregated, "s");
        Report.Figure("rehearsing another income line", rehearsed, "s");
        Report.AtMost("screening ÷ aggregate, time", screened / aggregated, 3);
    }

    // Every column that a rule reads comes into the answer: what does not, PostgreSQL would not read.
    const string Aggregate =
        """
        select count(*) filter (where uninsured or drop_out or labour and not employed or dwelling_grade >= 3 or water_safety = 2
            or per_capita_fen < 800000 or medical_fen > 1000000 or rigid_fen > net_fen or latest_fen < quarter_before_fen or latest_fen < year_before_fen)
        from households
        join (select household_id, bool_or(insurance = 1) as uninsured, bool_or(school_status in (2, 3)) as drop_out,
                     bool_or(labour_ability between 1 and 3) as labour, bool_or(employed) as employed
              from members group by household_id) as people on people.household_id = households.id
        left join income_years as money on money.household_id = households.id
        """;
}
