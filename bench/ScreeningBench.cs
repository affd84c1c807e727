using Governance.Monitoring.V1;

namespace Governance.Bench;

/// <summary>
/// Screening by all rules beside one bare aggregate over the same tables: the least that any program must read to know the same. The second
/// run is measured, as in every month but the first: the clues are there and most evidence is unchanged.
/// </summary>
static class ScreeningBench
{
    const int Households = 100_000;

    public static async Task Run()
    {
        await using var monitoring = new MonitoringService();
        await monitoring.InitializeAsync();
        await monitoring.Database.Execute(Seed);
        await monitoring.Database.Execute("vacuum analyze households; ");
        await monitoring.Database.Execute("vacuum analyze members");
        await monitoring.Database.Execute("vacuum analyze incomes");
        var screening = new Screening.ScreeningClient(monitoring.As("61", Everything.Permissions));

        var (screened, aggregated) = await Report.InTurn(3,
            () => Seconds(async () =>
            {
                var answer = await screening.RunScreeningAsync(new RunScreeningRequest());
                if (answer.Rules.Sum(rule => rule.Fired) == 0)
                    throw new InvalidOperationException("No rule fired: nothing was measured.");
            }),
            () => Seconds(() => monitoring.Database.Query<long>(Aggregate)));
        Report.Figure($"screening {Households:N0} households by all rules", screened, "s");
        Report.Figure("one bare aggregate over the same tables", aggregated, "s");
        Report.AtMost("screening ÷ aggregate, time", screened / aggregated, 3);
    }

    static async Task<double> Seconds(Func<Task> work)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
    }

    // One household in twenty has some trouble.
    const string Seed =
        """
        insert into households (id, number, division, category, dwelling_grade, water_safety, create_time, update_time)
        select md5('h' || n)::uuid, 'BN' || n, '61990100' || 1 + n % 4 || '00' || 1 + n % 7, 1 + n % 2, case when n % 200 = 0 then 3 else 1 end, 1, now(), now()
        from generate_series(1, 100000) as n;
        insert into members (id, household_id, division, name, identity_sealed, identity_hash, birth_date, gender, relation, labour_ability, insurance, employed)
        select md5('m' || n || '-' || m)::uuid, md5('h' || n)::uuid, '61990100' || 1 + n % 4 || '00' || 1 + n % 7, '示例', '\x00', decode(md5('m' || n || '-' || m), 'hex'),
               date '1960-01-01' + (n * 7 + m * 3000) % 18000, 1 + m % 2, case when m = 1 then 1 else 3 end, 1 + m % 4, case when (n + m) % 300 = 0 then 1 else 2 end, n % 90 <> 0
        from generate_series(1, 100000) as n, generate_series(1, 3) as m;
        insert into incomes (household_id, division, period, wage_fen, business_fen, property_fen, transfer_fen, production_cost_fen, rigid_spending_fen, medical_fen, member_count, update_time)
        select md5('h' || n)::uuid, '61990100' || 1 + n % 4 || '00' || 1 + n % 7, p, case when n % 60 = 0 then 20000 else 1500000 + n % 1000 end, 0, 0, 0, 0, 100000, 5000, 3, now()
        from generate_series(1, 100000) as n, generate_series(2024 * 4 - 5, 2024 * 4) as p
        """;

    const string Aggregate =
        """
        select count(*) + coalesce(sum(people.members), 0)::bigint + coalesce(sum(money.net), 0)::bigint
        from households
        join (select household_id, count(*) as members, bool_or(insurance = 1) as uninsured, bool_or(employed) as employed
              from members group by household_id) as people on people.household_id = households.id
        left join (select household_id, sum(per_capita_net_fen) as net, max(per_capita_net_fen) as best from incomes group by household_id) as money on money.household_id = households.id
        """;
}
