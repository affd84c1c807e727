using Governance.Platform.Rules;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Income without a database.</summary>
public sealed class IncomeTests
{
    [Theory]
    [InlineData("2024-01-01", 2023, 4)]
    [InlineData("2024-03-31", 2023, 4)]
    [InlineData("2024-04-01", 2024, 1)]
    [InlineData("2024-12-31", 2024, 3)]
    public void The_last_quarter_that_is_over_is_the_one_before_today_s(string today, int year, int quarter) =>
        Assert.Equal(new Quarter(year, quarter), Quarter.LastOver(DateOnly.Parse(today,
            System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Net_income_is_what_comes_in_less_the_cost_of_production_by_head()
    {
        var income = new Income(new Quarter(2024, 1), 3) { Wage = 9000, Business = 3000, Property = 500, Transfer = 500,
            ProductionCost = 1000, RigidSpending = 99 };
        Assert.Equal((12000, 4000), (income.Net, income.PerCapitaNet));
    }

    [Fact]
    public void A_quarter_is_recorded_after_it_has_ended()
    {
        var income = new Income(new Quarter(2024, 1), 1);
        Assert.Same(Rules.QuarterOver, Assert.Throws<RuleBrokenException>(() => income.Record(new DateOnly(2024, 3, 31))).Rule);
        Assert.Same(income, income.Record(new DateOnly(2024, 4, 1)));
    }

    [Fact]
    public void Medical_spending_is_part_of_rigid_spending() =>
        Assert.Same(Rules.MedicalIsRigid, Assert.Throws<RuleBrokenException>(() =>
            new Income(new Quarter(2023, 1), 1) { RigidSpending = 1, Medical = 2 }.Record(new DateOnly(2024, 4, 1))).Rule);

    [Theory]
    [InlineData(4, 4, 4000)]
    [InlineData(2, 2, 4000)]
    [InlineData(0, 0, 0)]
    [InlineData(6, 4, 4000)]
    public void The_year_is_the_last_four_quarters_and_what_is_missing_of_them_is_projected(int recorded, int counted, long perCapita)
    {
        var last = new Quarter(2024, 1).Period;
        var year = YearlyIncome.Of(Enumerable.Range(0, recorded).Select(ago => new Income(new Quarter(last - ago), 1) { Wage = 1000 }),
            new DateOnly(2024, 4, 1));
        Assert.Equal((counted, perCapita), (year.Quarters, year.PerCapitaNet));
    }
}
