using Governance.Platform.Data;
using Governance.Platform.Imports;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>Quarters of households, one row each; amounts in yuan.</summary>
sealed class IncomeImport() : Import<IncomeImport.Row>("incomes")
{
    internal readonly record struct Row(string Number, Income Income);

    static readonly ImportColumn _number = new("户编号", "number");
    static readonly ImportColumn _year = new("年度", "year");
    static readonly ImportColumn _quarter = new("季度", "quarter");
    static readonly ImportColumn _wage = new("工资性收入", "wage", Required: false) { IsNumber = true };
    static readonly ImportColumn _business = new("经营性收入", "business", Required: false) { IsNumber = true };
    static readonly ImportColumn _property = new("财产性收入", "property", Required: false) { IsNumber = true };
    static readonly ImportColumn _transfer = new("转移性收入", "transfer", Required: false) { IsNumber = true };
    static readonly ImportColumn _cost = new("生产经营支出", "production_cost", Required: false) { IsNumber = true };
    static readonly ImportColumn _rigid = new("刚性支出", "rigid_spending", Required: false) { IsNumber = true };
    static readonly ImportColumn _medical = new("医疗自付支出", "medical", Required: false) { IsNumber = true };

    public override IReadOnlyList<ImportColumn> Columns { get; } = [_number, _year, _quarter, _wage, _business, _property, _transfer,
        _cost, _rigid, _medical];

    protected override Row Read(ImportRow row)
    {
        var number = row.Code(_number, 32);
        var quarter = new Quarter((int)(row.Number(_year, 2000, 2100) ?? 2000), (int)(row.Number(_quarter, 1, 4) ?? 1));
        return new Row(number, new Income(quarter, 1)
        {
            Wage = Fen(_wage),
            Business = Fen(_business),
            Property = Fen(_property),
            Transfer = Fen(_transfer),
            ProductionCost = Fen(_cost),
            RigidSpending = Fen(_rigid),
            Medical = Fen(_medical),
        });

        long Fen(ImportColumn column) => row.Fen(column, 0, IncomesService.MaxFen) ?? 0;
    }

    protected override Task CreateStaged(Transaction transaction) => transaction.CreateStagedIncomes();

    protected override Task<NpgsqlBinaryImporter> Copy(Transaction transaction) => transaction.CopyStagedIncomes();

    protected override void Write(NpgsqlBinaryImporter copy, Row row)
    {
        var (number, income) = row;
        copy.Write(number);
        copy.Write(income.Quarter.Period);
        copy.Write(income.Wage);
        copy.Write(income.Business);
        copy.Write(income.Property);
        copy.Write(income.Transfer);
        copy.Write(income.ProductionCost);
        copy.Write(income.RigidSpending);
        copy.Write(income.Medical);
    }

    protected override Task Check(Transaction transaction) => transaction.CheckStagedIncomes();

    protected override Task<ImportCounts> Merge(Transaction transaction) => transaction.MergeStagedIncomes();
}
