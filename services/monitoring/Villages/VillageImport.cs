using System.Globalization;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>Figures of key villages, one row per village and year; amounts in yuan.</summary>
sealed class VillageImport() : Import<VillageImport.Row>("village_figures")
{
    internal readonly record struct Row(string Division, VillageFigures Figures);

    static readonly ImportColumn _division = new("行政区划", "division");
    static readonly ImportColumn _year = new("年度", "year");
    static readonly ImportColumn _income = new("农民人均可支配收入", "income");
    static readonly ImportColumn _county = new("县域平均可支配收入", "county_income");
    static readonly ImportColumn _households = new("总户数", "households");
    static readonly ImportColumn _water = new("通自来水户数", "tap_water_households");
    static readonly ImportColumn _toilets = new("卫生厕所户数", "sanitary_toilet_households");
    static readonly ImportColumn _collective = new("村集体经济收入", "collective_income");

    public override IReadOnlyList<ImportColumn> Columns { get; } = [_division, _year, _income, _county, _households, _water, _toilets, _collective];

    protected override Row Read(ImportRow row)
    {
        var figures = new VillageFigures(
            (int)(row.Number(_year, 2000, 2100) ?? 2000), row.Fen(_income) ?? 0, row.Fen(_county, 1) ?? 1, (int)(row.Number(_households, 1) ?? 1),
            (int)(row.Number(_water) ?? 0), (int)(row.Number(_toilets) ?? 0), row.Fen(_collective) ?? 0);
        if (Math.Max(figures.TapWater, figures.SanitaryToilets) > figures.Households)
            row.Wrong(_households, Rules.WithinHouseholds.Code, Rules.WithinHouseholds.Zh, Rules.WithinHouseholds.En);
        return new Row(row.Division(_division, 12), figures);
    }

    protected override Task CreateStaged(Transaction transaction) => transaction.CreateStagedFigures();

    protected override Task<NpgsqlBinaryImporter> Copy(Transaction transaction) => transaction.CopyStagedFigures();

    protected override void Write(NpgsqlBinaryImporter copy, Row row)
    {
        var (division, figures) = row;
        copy.Write(division);
        copy.Write(figures.Year);
        copy.Write(figures.Income);
        copy.Write(figures.CountyIncome);
        copy.Write(figures.Households);
        copy.Write(figures.TapWater);
        copy.Write(figures.SanitaryToilets);
        copy.Write(figures.CollectiveIncome);
    }

    protected override Task Check(Transaction transaction) => transaction.CheckStagedFigures();

    protected override Task<ImportCounts> Merge(Transaction transaction) => transaction.MergeStagedFigures();

    /// <summary>A year as a row of an export, in the order of the columns.</summary>
    public static IEnumerable<string> Cells(string division, VillageFigures figures) =>
    [
        division, Number(figures.Year), Texts.Yuan(figures.Income), Texts.Yuan(figures.CountyIncome), Number(figures.Households),
        Number(figures.TapWater), Number(figures.SanitaryToilets), Texts.Yuan(figures.CollectiveIncome),
    ];

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
