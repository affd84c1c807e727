using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Organizations;

static class BuildingStore
{
    const string Building =
        """
        select building.id, settlement_id, grid_id, building.division, number, head_id, building.version, coalesce(person.name, ''),
               array(select unit.number from building_units as unit where unit.building_id = building.id order by position),
               array(select unit.head_id from building_units as unit where unit.building_id = building.id order by position)
        from buildings as building left join people as person on person.id = head_id
        """;

    /// <summary>Saves a new building with its units; false when its id is taken.</summary>
    public static async Task<bool> Insert(this Transaction transaction, Building building)
    {
        var inserted = await transaction.Execute(
            """
            insert into buildings (id, settlement_id, grid_id, division, number, head_id, version) values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (id) do nothing
            """,
            building.Id, building.SettlementId, building.GridId, building.Division, building.Number, building.HeadId,
            building.Version) == 1;
        if (inserted)
            await transaction.InsertUnits(building);
        return inserted;
    }

    public static async Task Update(this Transaction transaction, Building building)
    {
        await transaction.Execute("update buildings set grid_id = $2, number = $3, head_id = $4, version = $5 where id = $1",
            building.Id, building.GridId, building.Number, building.HeadId, building.Version);
        await transaction.Execute("delete from building_units where building_id = $1", building.Id);
        await transaction.InsertUnits(building);
    }

    public static Task<Building?> FindBuilding(this Transaction transaction, Guid id) =>
        transaction.First(Building + " where building.id = $1", Read, id);

    public static async Task<Building> GetBuilding(this Transaction transaction, Guid id) =>
        await transaction.FindBuilding(id) ?? throw new NotFoundException("building", id.ToString());

    /// <summary>The building, which nobody else changes before this transaction ends.</summary>
    public static async Task<Building> LockBuilding(this Transaction transaction, Guid id)
    {
        await transaction.Query("select id from buildings where id = $1 for update", row => row.GetGuid(0), id);
        return await transaction.GetBuilding(id);
    }

    public static Task<List<Building>> ListBuildings(this Transaction transaction, Guid? settlement, Guid? grid, Page page) =>
        transaction.Query(
            Building +
            """
             where ($1::uuid is null or settlement_id = $1) and ($2::uuid is null or grid_id = $2) and building.id > $3
            order by building.id limit $4
            """,
            Read, settlement, grid, page.AfterId, page.Limit);

    static Task<int> InsertUnits(this Transaction transaction, Building building) => transaction.Execute(
        """
        insert into building_units (building_id, division, position, number, head_id)
        select $1, $2, position, number, head_id from unnest($3::text[], $4::uuid[]) with ordinality as unit (number, head_id, position)
        """,
        building.Id, building.Division,
        building.Units.Select(unit => unit.Number).ToArray(), building.Units.Select(unit => unit.HeadId).ToArray());

    static Building Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), row.GetString(4), row.GetGuid(5),
        [.. row.GetFieldValue<string[]>(8).Zip(row.GetFieldValue<Guid[]>(9), (number, head) => new Unit(number, head))],
        row.GetInt64(6), row.GetString(7));
}
