using Governance.Platform.Data;
using Governance.Platform.Imports;
using Npgsql;

namespace Governance.Organizations;

/// <summary>The list of divisions as the statistics bureau publishes it.</summary>
sealed class DivisionImport() : Import<Division>("divisions")
{
    public static readonly ImportColumn Code = new("区划代码", "code");
    static readonly ImportColumn _name = new("名称", "name");
    static readonly ImportColumn _urbanRuralClass = new("城乡分类代码", "urban_rural_class", Required: false);

    public override IReadOnlyList<ImportColumn> Columns { get; } = [Code, _name, _urbanRuralClass];

    protected override Division Read(ImportRow row)
    {
        var division = new Division(row.Division(Code), row.Text(_name, max: 100), row.Text(_urbanRuralClass), Version: 1);
        var rule = Rules.DivisionUrbanRuralClass;
        if (division.UrbanRuralClass is not ("" or "111" or "112" or "121" or "122" or "123" or "210" or "220"))
            row.Wrong(_urbanRuralClass, rule.Code, rule.Zh, rule.En);
        return division;
    }

    protected override Task CreateStaged(Transaction transaction) => transaction.CreateStagedDivisions();

    protected override Task<NpgsqlBinaryImporter> Copy(Transaction transaction) => transaction.CopyStagedDivisions();

    protected override void Write(NpgsqlBinaryImporter copy, Division row)
    {
        copy.Write(row.Code);
        copy.Write(row.Name);
        copy.Write(row.UrbanRuralClass);
    }

    protected override Task Check(Transaction transaction) => transaction.CheckStagedDivisions();

    protected override async Task<ImportCounts> Merge(Transaction transaction)
    {
        var staged = await transaction.CountStagedDivisions();
        var merged = await transaction.MergeStagedDivisions();
        foreach (var division in merged)
            transaction.Publish(division.ToEvent(), division.Code, division.Code, division.Version);
        var created = merged.Count(division => division.Version == 1);
        return new ImportCounts(created, merged.Count - created, staged - merged.Count);
    }
}
