using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Organizations;

static class GridStore
{
    const string Grid =
        """
        select grid.id, settlement_id, grid.division, grid.name, worker_id, grid.version, coalesce(person.name, '')
        from grids as grid left join people as person on person.id = worker_id
        """;

    /// <summary>Saves a new grid; false when its id is taken.</summary>
    public static async Task<bool> Insert(this Transaction transaction, Grid grid) => await transaction.Execute(
        """
        insert into grids (id, settlement_id, division, name, worker_id, version) values ($1, $2, $3, $4, $5, $6)
        on conflict (id) do nothing
        """,
        grid.Id, grid.SettlementId, grid.Division, grid.Name, grid.WorkerId, grid.Version) == 1;

    public static Task Update(this Transaction transaction, Grid grid) => transaction.Execute(
        "update grids set name = $2, worker_id = $3, version = $4 where id = $1", grid.Id, grid.Name, grid.WorkerId, grid.Version);

    public static Task<Grid?> FindGrid(this Transaction transaction, Guid id) => transaction.First(Grid + " where grid.id = $1", Read, id);

    public static async Task<Grid> GetGrid(this Transaction transaction, Guid id) =>
        await transaction.FindGrid(id) ?? throw new NotFoundException("grid", id.ToString());

    /// <summary>The grid, which nobody else changes before this transaction ends.</summary>
    public static async Task<Grid> LockGrid(this Transaction transaction, Guid id) =>
        await transaction.First(Grid + " where grid.id = $1 for update of grid", Read, id)
            ?? throw new NotFoundException("grid", id.ToString());

    public static Task<List<Grid>> ListGrids(this Transaction transaction, Guid? settlement, Page page) => transaction.Query(
        Grid + " where ($1::uuid is null or settlement_id = $1) and grid.id > $2 order by grid.id limit $3",
        Read, settlement, page.AfterId, page.Limit);

    static Grid Read(NpgsqlDataReader row) =>
        new(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetGuid(4), row.GetInt64(5), row.GetString(6));
}
