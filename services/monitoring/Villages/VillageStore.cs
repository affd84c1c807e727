using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>The SQL of key villages.</summary>
static class VillageStore
{
    public static Task<KeyVillage?> FindVillage(this Transaction transaction, Guid id) => transaction.First(
        "select id, division, name, from_year, until_year, version from villages where id = $1", Read, id);

    public static Task<List<KeyVillage>> Villages(this Transaction transaction, string division, Page page) => transaction.Query(
        """
        select id, division, name, from_year, until_year, version from villages
        where id > $1 and division >= $2 and division < $2 || ':' order by id limit $3
        """, Read, page.AfterId, division, page.Limit);

    public static Task Insert(this Transaction transaction, KeyVillage village) => transaction.Execute(
        "insert into villages (id, division, name, from_year, until_year) values ($1, $2, $3, $4, $5)",
        village.Id, village.Division, village.Name, village.From, village.Until);

    /// <summary>A village's years, latest first.</summary>
    public static Task<List<VillageFigures>> FiguresOf(this Transaction transaction, Guid village) => transaction.Query(
        """
        select year, income_fen, county_income_fen, households, tap_water_households, sanitary_toilet_households, collective_income_fen
        from village_figures where village_id = $1 order by year desc
        """, row => ReadFigures(row, 0), village);

    public static IAsyncEnumerable<(string Division, VillageFigures Figures)> FiguresToExport(this Transaction transaction, string division) => transaction.Stream(
        """
        select division, year, income_fen, county_income_fen, households, tap_water_households, sanitary_toilet_households, collective_income_fen
        from village_figures where division >= $1 and division < $1 || ':' order by division, year
        """, row => (row.GetString(0), ReadFigures(row, 1)), division);

    public static Task CreateStagedFigures(this Transaction transaction) => transaction.Execute(
        """
        create temp table staged (
            line int not null, division text collate "C", year int, income_fen bigint, county_income_fen bigint, households int, tap_water_households int,
            sanitary_toilet_households int, collective_income_fen bigint)
        """);

    public static Task<NpgsqlBinaryImporter> CopyStagedFigures(this Transaction transaction) => transaction.Copy("copy staged from stdin (format binary)");

    public static async Task CheckStagedFigures(this Transaction transaction)
    {
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '行政区划', $1, $2, $3 from staged where division not in (select division from villages)
            """, Rules.UnknownVillage.Code, Rules.UnknownVillage.Zh, Rules.UnknownVillage.En);
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select staged.line, '年度', $1, replace(replace($2, '{0}', from_year::text), '{1}', least(until_year, $4)::text),
                   replace(replace($3, '{0}', from_year::text), '{1}', least(until_year, $4)::text)
            from staged join villages using (division) where year < from_year or year > least(until_year, $4)
            """, Rules.VillageYear.Code, Rules.VillageYear.Zh, Rules.VillageYear.En, transaction.Today.Year);
        await transaction.Execute(
            """
            insert into import_faults (line, column_name, rule, zh, en)
            select line, '年度', $1, $2, $3 from staged
            where (division, year) in (select division, year from staged group by division, year having count(*) > 1)
            """, Rules.VillageYearTwice.Code, Rules.VillageYearTwice.Zh, Rules.VillageYearTwice.En);
    }

    /// <summary>Records what is new and corrects what differs, and tells of each.</summary>
    public static async Task<ImportCounts> MergeStagedFigures(this Transaction transaction) => (await transaction.First(
        """
        with saved as (
            insert into village_figures as known (village_id, division, year, income_fen, county_income_fen, households, tap_water_households,
                                                  sanitary_toilet_households, collective_income_fen)
            select village.id, village.division, year, income_fen, county_income_fen, households, tap_water_households, sanitary_toilet_households,
                   collective_income_fen
            from staged join villages as village using (division) order by village.id, year
            on conflict (village_id, year) do update
            set income_fen = excluded.income_fen, county_income_fen = excluded.county_income_fen, households = excluded.households,
                tap_water_households = excluded.tap_water_households, sanitary_toilet_households = excluded.sanitary_toilet_households,
                collective_income_fen = excluded.collective_income_fen, version = known.version + 1
            where (known.income_fen, known.county_income_fen, known.households, known.tap_water_households, known.sanitary_toilet_households,
                   known.collective_income_fen)
               is distinct from (excluded.income_fen, excluded.county_income_fen, excluded.households, excluded.tap_water_households,
                   excluded.sanitary_toilet_households, excluded.collective_income_fen)
            returning village_id, division, year, version
        ), told as (
            insert into outbox (type, subject, division, version, data)
            select 'governance.monitoring.v1.VillageFiguresRecorded', village_id || '/' || year, division, version,
                   json_build_object('keyVillageId', village_id, 'division', division, 'year', year)
            from saved
        )
        select (count(*) filter (where version = 1))::int, (count(*) filter (where version > 1))::int, (select count(*)::int from staged) - count(*)::int
        from saved
        """, row => new ImportCounts(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2))))!;

    static KeyVillage Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4))
    {
        Version = row.GetInt64(5),
    };

    static VillageFigures ReadFigures(NpgsqlDataReader row, int first) => new(row.GetInt32(first), row.GetInt64(first + 1), row.GetInt64(first + 2),
        row.GetInt32(first + 3), row.GetInt32(first + 4), row.GetInt32(first + 5), row.GetInt64(first + 6));
}
