using Google.Protobuf.WellKnownTypes;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Rpc;

namespace Governance.Monitoring;

/// <summary>Income and expenditure per household and quarter; one file per rpc.</summary>
sealed partial class IncomesService(Database database, ImportDesk imports) : V1.Incomes.IncomesBase
{
    /// <summary>The quarters as answered, latest first, each compared with the quarter before and a year before.</summary>
    static List<V1.Income> ToContract(List<(Income Income, DateTimeOffset Updated)> incomes)
    {
        var perCapita = incomes.ToDictionary(entry => entry.Income.Quarter.Period, entry => entry.Income.PerCapitaNet);
        return incomes.ConvertAll(entry =>
        {
            var contract = ToContract(entry.Income, entry.Updated);
            if (Change(entry.Income, 1) is { } onQuarter)
                contract.ChangeOnQuarter = onQuarter;
            if (Change(entry.Income, 4) is { } onYear)
                contract.ChangeOnYear = onYear;
            return contract;
        });

        // A change against nothing, or against a loss, is no share.
        double? Change(Income income, int quarters) =>
            perCapita.TryGetValue(income.Quarter.Period - quarters,
                out var earlier) && earlier > 0 ? ((double)income.PerCapitaNet / earlier) - 1 : null;
    }

    static V1.Income ToContract(Income income, DateTimeOffset updated) => new()
    {
        Year = income.Quarter.Year,
        Quarter = income.Quarter.Number,
        WageFen = income.Wage,
        BusinessFen = income.Business,
        PropertyFen = income.Property,
        TransferFen = income.Transfer,
        ProductionCostFen = income.ProductionCost,
        RigidSpendingFen = income.RigidSpending,
        MedicalFen = income.Medical,
        NetFen = income.Net,
        PerCapitaNetFen = income.PerCapitaNet,
        MemberCount = income.MemberCount,
        UpdateTime = updated.ToTimestamp(),
    };

    static V1.AnnualIncome ToContract(int year, IReadOnlyList<Income> quarters)
    {
        var income = YearlyIncome.Of(quarters);
        return new V1.AnnualIncome
        {
            Year = year,
            Quarters = income.Quarters,
            NetFen = quarters.Sum(quarter => quarter.Net),
            RigidSpendingFen = quarters.Sum(quarter => quarter.RigidSpending),
            MedicalFen = quarters.Sum(quarter => quarter.Medical),
            PerCapitaNetFen = income.Recorded,
            ProjectedPerCapitaNetFen = income.PerCapitaNet,
        };
    }

    static Quarter ParseQuarter(Fields fields, int year, int quarter) =>
        new((int)fields.Number("year", year, 2000, 2100), (int)fields.Number("quarter", quarter, 1, 4));
}
