using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>What a quarter said, until when, and who replaced it; nobody did where <paramref name="Until"/> is missing.</summary>
sealed record IncomeRevision(Income Income, DateTimeOffset Updated, DateTimeOffset? Until, string Actor, string ActorName, string Action);

/// <summary>The SQL of income and expenditure.</summary>
static class IncomeStore
{
    /// <summary>Where a household lives and how many members it has; the household stays locked.</summary>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<(string Division, int MemberCount)> HouseholdToRecordFor(this Transaction transaction, Guid household)
    {
        var (division, members) = await transaction.First(
            "select division, (select count(*)::int from members where household_id = households.id) from households where id = $1 for update",
            row => (row.GetString(0), row.GetInt32(1)), household);
        return division is null ? throw new NotFoundException("household", household.ToString()) : (division, members);
    }

    const string Columns =
        """
        period, member_count, wage_fen, business_fen, property_fen, transfer_fen, production_cost_fen, rigid_spending_fen, medical_fen, version, update_time
        """;

    /// <summary>A household's quarters, latest first, each with the time of its recording.</summary>
    public static Task<List<(Income Income, DateTimeOffset Updated)>> IncomesOf(this Transaction transaction, Guid household) => transaction.Query(
        $"select {Columns} from incomes where household_id = $1 order by period desc", row => (Read(row), row.GetFieldValue<DateTimeOffset>(10)), household);

    /// <summary>What a quarter of a household says and said, latest first.</summary>
    public static Task<List<IncomeRevision>> IncomeRevisions(this Transaction transaction, Guid household, Quarter quarter) => transaction.Query(
        $"""
        select {Columns}, null::timestamptz, '', '', '' from incomes where household_id = $1 and period = $2
        union all
        select income.*, kept.until, kept.actor, kept.actor_name, kept.action
        from income_history as kept cross join lateral (select {Columns} from jsonb_populate_record(null::incomes, kept.content)) as income
        where kept.household_id = $1 and kept.period = $2
        order by version desc
        """,
        row => new IncomeRevision(Read(row), row.GetFieldValue<DateTimeOffset>(10), row.IsDBNull(11) ? null : row.GetFieldValue<DateTimeOffset>(11),
            row.GetString(12), row.GetString(13), row.GetString(14)), household, quarter.Period);

    /// <summary>The households whose income is collected and of which a quarter is not recorded, in the order of their ids.</summary>
    public static Task<List<MissingIncome>> MissingIncomes(this Transaction transaction, string division, Quarter quarter, Page page) => transaction.Query(
        """
        select id, number, division, monitored_kind from households
        where id > $1 and division >= $2 and division < $2 || ':' and (category = 1 or monitored_kind <> 0)
          and not exists (select from incomes where household_id = households.id and period = $3)
        order by id limit $4
        """,
        row => new MissingIncome
        {
            HouseholdId = row.GetGuid(0).ToString(), Number = row.GetString(1), Division = row.GetString(2), MonitoredKind = (MonitoredKind)row.GetInt16(3),
        }, page.AfterId, division, quarter.Period, page.Limit);

    /// <summary>Of how many households a quarter's income is collected, and of how many of them it is recorded.</summary>
    public static async Task<(int Expected, int Recorded)> IncomeCoverage(this Transaction transaction, string division, Quarter quarter) => await transaction.First(
        """
        select count(*)::int, count(incomes.household_id)::int
        from households left join incomes on incomes.household_id = households.id and incomes.period = $2
        where households.division >= $1 and households.division < $1 || ':' and (category = 1 or monitored_kind <> 0)
        """, row => (row.GetInt32(0), row.GetInt32(1)), division, quarter.Period);

    /// <summary>Records a quarter or corrects it; answers with its version, or <c>null</c> when nothing is different.</summary>
    public static Task<long?> Save(this Transaction transaction, Guid household, string division, Income income) => transaction.First(
        """
        insert into incomes (household_id, division, period, wage_fen, business_fen, property_fen, transfer_fen, production_cost_fen,
                             rigid_spending_fen, medical_fen, member_count, update_time)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (household_id, period) do update
        set wage_fen = excluded.wage_fen, business_fen = excluded.business_fen, property_fen = excluded.property_fen,
            transfer_fen = excluded.transfer_fen, production_cost_fen = excluded.production_cost_fen, rigid_spending_fen = excluded.rigid_spending_fen,
            medical_fen = excluded.medical_fen, member_count = excluded.member_count, version = incomes.version + 1, update_time = excluded.update_time
        where (incomes.wage_fen, incomes.business_fen, incomes.property_fen, incomes.transfer_fen, incomes.production_cost_fen,
               incomes.rigid_spending_fen, incomes.medical_fen)
           is distinct from (excluded.wage_fen, excluded.business_fen, excluded.property_fen, excluded.transfer_fen, excluded.production_cost_fen,
               excluded.rigid_spending_fen, excluded.medical_fen)
        returning version
        """,
        row => (long?)row.GetInt64(0), household, division, income.Quarter.Period, income.Wage, income.Business, income.Property, income.Transfer,
        income.ProductionCost, income.RigidSpending, income.Medical, income.MemberCount, transaction.Now);

    static Income Read(NpgsqlDataReader row) => new(new Quarter(row.GetInt32(0)), row.GetInt32(1))
    {
        Wage = row.GetInt64(2),
        Business = row.GetInt64(3),
        Property = row.GetInt64(4),
        Transfer = row.GetInt64(5),
        ProductionCost = row.GetInt64(6),
        RigidSpending = row.GetInt64(7),
        Medical = row.GetInt64(8),
        Version = row.GetInt64(9),
    };
}
