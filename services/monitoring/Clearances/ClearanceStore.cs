using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>A clearance with the times of its making and its last change.</summary>
sealed record ClearanceShown(Clearance Clearance, DateTimeOffset Created, DateTimeOffset Updated);

/// <summary>The SQL of clearances.</summary>
static class ClearanceStore
{
    /// <summary>The clearance, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static async Task<ClearanceShown?> FindClearance(this Transaction transaction, Guid id) => await transaction.First(
        """
        select id, household_id, division, statement, per_capita_net_fen, citation::text, procedure_id, state, version, create_time, update_time
        from clearances where id = $1 for update
        """, Read, id);

    /// <inheritdoc cref="FindClearance"/>
    /// <exception cref="NotFoundException">There is none in scope.</exception>
    public static async Task<ClearanceShown> Clearance(this Transaction transaction, Guid id) =>
        await transaction.FindClearance(id) ?? throw new NotFoundException("clearance", id.ToString());

    public static Task<List<ClearanceShown>> Clearances(this Transaction transaction, string division, Guid? household, int state,
        Page page) => transaction.Query(
        """
        select id, household_id, division, statement, per_capita_net_fen, citation::text, procedure_id, state, version, create_time, update_time
        from clearances
        where id > $1 and division >= $2 and division < $2 || ':' and ($3::uuid is null or household_id = $3) and ($4 = 0 or state = $4)
        order by id limit $5
        """, Read, page.AfterId, division, household, state, page.Limit);

    /// <summary>Whether a clearance of the household is being decided.</summary>
    public static Task<bool> IsBeingCleared(this Transaction transaction, Guid household) => transaction.First(
        "select exists (select from clearances where household_id = $1 and state = 1)", row => row.GetBoolean(0), household);

    public static Task Insert(this Transaction transaction, Clearance clearance) => transaction.Execute(
        """
        insert into clearances (id, household_id, division, statement, per_capita_net_fen, citation, procedure_id, create_time, update_time)
        values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $8)
        """,
        clearance.Id, clearance.Household, clearance.Division, clearance.Statement, clearance.PerCapitaNet, clearance.Citation.ToJson(), clearance.Procedure, transaction.Now);

    public static Task Save(this Transaction transaction, Clearance clearance) => transaction.Execute(
        "update clearances set state = $2, version = $3, update_time = $4 where id = $1", clearance.Id, (short)clearance.State, clearance.Version, transaction.Now);

    /// <summary>The yearly income of a household as it is known today.</summary>
    public static async Task<YearlyIncome> YearlyIncomeOf(this Transaction transaction, Guid household) =>
        YearlyIncome.Of((await transaction.IncomesOf(household)).Select(entry => entry.Income), transaction.Today);

    static ClearanceShown Read(NpgsqlDataReader row) => new(
        new Clearance(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetString(5).ToCitation(),
            row.GetGuid(6))
        {
            State = (ClearanceState)row.GetInt16(7),
            Version = row.GetInt64(8),
        },
        row.GetFieldValue<DateTimeOffset>(9), row.GetFieldValue<DateTimeOffset>(10));
}
