using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of households that a sweep found unregistered.</summary>
static class UnregisteredStore
{
    /// <summary>The find, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static Task<Unregistered?> FindUnregistered(this Transaction transaction, Guid id) => transaction.First(
        "select id, sweep_id, division, description, found_date, household_id from unregistered where id = $1 for update", Read, id);

    public static Task<List<Unregistered>> UnregisteredOf(this Transaction transaction, Guid sweep, bool open, Page page) => transaction.Query(
        """
        select id, sweep_id, division, description, found_date, household_id from unregistered
        where sweep_id = $1 and id > $2 and (not $3 or household_id is null) order by id limit $4
        """, Read, sweep, page.AfterId, open, page.Limit);

    public static Task Insert(this Transaction transaction, Unregistered found) => transaction.Execute(
        "insert into unregistered (id, sweep_id, division, description, found_date) values ($1, $2, $3, $4, $5)",
        found.Id, found.Sweep, found.Division, found.Description, found.Found);

    public static Task Link(this Transaction transaction, Unregistered found) =>
        transaction.Execute("update unregistered set household_id = $2 where id = $1", found.Id, found.Household);

    static Unregistered Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3),
        row.GetFieldValue<DateOnly>(4), row.IsDBNull(5) ? null : row.GetGuid(5));
}
