using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Organizations;

static class DivisionStore
{
    const string Division = "select code, name, urban_rural_class, version from divisions";

    public static async Task<Division> GetDivision(this Transaction transaction, string code) =>
        await transaction.First(Division + " where code = $1", Read, code) ?? throw new NotFoundException("division", code);

    public static Task<List<Division>> ListDivisions(this Transaction transaction, string within, Level level, string name, Page page) =>
        transaction.Query(
            Division +
            """
             where ($1 = '' or code >= $1 and code < $1 || ':') and ($2 = 0 or length(code) = $2) and position($3 in name) > 0 and code > $4
            order by code limit $5
            """,
            Read, within, Platform.Divisions.DigitsOf(level), name, page.After, page.Limit);

    public static Task CreateStagedDivisions(this Transaction transaction) => transaction.Execute(
        """
        create temp table staged (
            line int not null, code text collate "C" not null, name text not null, urban_rural_class text not null)
        """);

    public static Task<NpgsqlBinaryImporter> CopyStagedDivisions(this Transaction transaction) =>
        transaction.Copy("copy staged (line, code, name, urban_rural_class) from stdin (format binary)");

    /// <summary>Finds staged rows whose code came before, and those that lie in a division which neither exists nor is staged.</summary>
    public static Task CheckStagedDivisions(this Transaction transaction) => transaction.Execute(
        """
        insert into import_faults (line, column_name, rule, zh, en)
        select line, $1, $2, $3, $4
        from (select line, row_number() over (partition by code order by line) as number from staged) as row where number > 1
        union all
        select distinct staged.line, $1, $5, $6, $7
        from staged cross join unnest(array[2, 4, 6, 9]) as digits
        left join divisions on divisions.code = left(staged.code, digits)
        left join staged as parent on parent.code = left(staged.code, digits)
        where digits < length(staged.code) and divisions.code is null and parent.code is null
        """,
        DivisionImport.Code.Zh,
        Rules.DivisionOnce.Code, Rules.DivisionOnce.Zh, Rules.DivisionOnce.En,
        Rules.DivisionParent.Code, Rules.DivisionParent.Zh, Rules.DivisionParent.En);

    /// <summary>
    /// Takes the staged divisions over and answers with those that are new or changed. An empty class leaves a known one as it is.
    /// </summary>
    public static Task<List<Division>> MergeStagedDivisions(this Transaction transaction) => transaction.Query(
        """
        with merged as (
            insert into divisions (code, name, urban_rural_class, version)
            select code, name, urban_rural_class, 1 from staged
            on conflict (code) do update
            set name = excluded.name, version = divisions.version + 1,
                urban_rural_class = coalesce(nullif(excluded.urban_rural_class, ''), divisions.urban_rural_class)
            where divisions.name <> excluded.name or excluded.urban_rural_class not in ('', divisions.urban_rural_class)
            returning code, name, urban_rural_class, version)
        select code, name, urban_rural_class, version from merged order by code
        """,
        Read);

    public static Task<int> CountStagedDivisions(this Transaction transaction) =>
        transaction.First("select count(*)::int from staged", row => row.GetInt32(0));

    static Division Read(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3));
}
