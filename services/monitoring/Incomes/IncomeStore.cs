using Governance.Platform.Data;
using Governance.Platform.Rpc;

namespace Governance.Monitoring;

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

    /// <summary>A household's quarters, latest first, each with the time of its recording.</summary>
    public static Task<List<(Income Income, DateTimeOffset Updated)>> IncomesOf(this Transaction transaction,
        Guid household) => transaction.Query(
        """
        select period, member_count, wage_fen, business_fen, property_fen, transfer_fen, production_cost_fen, rigid_spending_fen, medical_fen, version, update_time
        from incomes where household_id = $1 order by period desc
        """,
        row => (new Income(new Quarter(row.GetInt32(0)), row.GetInt32(1))
        {
            Wage = row.GetInt64(2),
            Business = row.GetInt64(3),
            Property = row.GetInt64(4),
            Transfer = row.GetInt64(5),
            ProductionCost = row.GetInt64(6),
            RigidSpending = row.GetInt64(7),
            Medical = row.GetInt64(8),
            Version = row.GetInt64(9),
        }, row.GetFieldValue<DateTimeOffset>(10)), household);

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
}
