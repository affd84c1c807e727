using Governance.Organizations.V1;
using Governance.Platform.Data;
using Governance.Platform.Messaging;

namespace Governance.Platform.Directories;

/// <summary>A settlement as organizations last told of it.</summary>
public sealed record DirectorySettlement(Guid Id, string Name, string Division, bool Urban, Scale Scale, ManagementUnit ManagementUnit);

/// <summary>
/// The divisions and settlements that organizations keeps, as known here: as new as the last event that came. Sets of rows are checked by
/// joining <c>directory_divisions (code, name)</c> and <c>directory_settlements (id, name, division)</c>.
/// </summary>
public static class DirectoryStore
{
    /// <summary>Whether there is a division of this code.</summary>
    public static Task<bool> DivisionExists(this Transaction transaction, string code) =>
        transaction.First("select exists (select from directory_divisions where code = $1)", row => row.GetBoolean(0), code);

    /// <summary>The name of a division; <c>null</c> when there is none of this code.</summary>
    public static Task<string?> DivisionName(this Transaction transaction, string code) =>
        transaction.First("select name from directory_divisions where code = $1", row => row.GetString(0), code);

    /// <summary>The names of those of <paramref name="codes"/> that are known.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> DivisionNames(this Transaction transaction, List<string> codes) =>
        (await transaction.Query("select code, name from directory_divisions where code = any($1)",
            row => (Code: row.GetString(0), Name: row.GetString(1)), codes)).ToDictionary(row => row.Code, row => row.Name, StringComparer.Ordinal);

    /// <summary>A settlement, wherever it lies; <c>null</c> when there is none of this id.</summary>
    public static Task<DirectorySettlement?> Settlement(this Transaction transaction, Guid id) => transaction.First(
        "select id, name, division, urban, scale, management_unit from directory_settlements where id = $1",
        row => new DirectorySettlement(
            row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), (Scale)row.GetInt32(4), (ManagementUnit)row.GetInt32(5)),
        id);

    // An older state that comes late must not win over a newer one.

    internal static Task Keep(Transaction transaction, Delivery<DivisionChanged> changed) => transaction.Execute(
        """
        insert into directory_divisions as known (code, name, urban_rural_class, version) values ($1, $2, $3, $4)
        on conflict (code) do update set name = excluded.name, urban_rural_class = excluded.urban_rural_class, version = excluded.version
        where excluded.version > known.version
        """,
        changed.Data.Code, changed.Data.Name, changed.Data.UrbanRuralClass, changed.Sequence);

    internal static Task Keep(Transaction transaction, Delivery<SettlementChanged> changed) => transaction.Execute(
        """
        insert into directory_settlements as known (id, name, division, urban, scale, management_unit, version)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (id) do update set name = excluded.name, division = excluded.division, urban = excluded.urban, scale = excluded.scale,
            management_unit = excluded.management_unit, version = excluded.version
        where excluded.version > known.version
        """,
        Guid.Parse(changed.Data.Id), changed.Data.Name, changed.Data.Division, changed.Data.Urban, (int)changed.Data.Scale,
        (int)changed.Data.ManagementUnit, changed.Sequence);
}
