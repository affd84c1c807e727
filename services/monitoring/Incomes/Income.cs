using Governance.Monitoring.V1;

namespace Governance.Monitoring;

/// <summary>A quarter of a year. <paramref name="Period"/> counts quarters, so that the one before is one less.</summary>
readonly record struct Quarter(int Period)
{
    public Quarter(int year, int number) : this((year * 4) + number - 1)
    {
    }

    public int Year => Period / 4;

    /// <summary>1 to 4.</summary>
    public int Number => (Period % 4) + 1;

    public static Quarter Of(DateOnly day) => new(day.Year, ((day.Month - 1) / 3) + 1);

    /// <summary>The last quarter that is over on <paramref name="today"/>.</summary>
    public static Quarter LastOver(DateOnly today) => new(Of(today).Period - 1);
}

/// <summary>Income and expenditure of a household in a quarter, in fen, and how many members shared them.</summary>
sealed record Income(Quarter Quarter, int MemberCount)
{
    public long Wage { get; init; }

    public long Business { get; init; }

    public long Property { get; init; }

    public long Transfer { get; init; }

    public long ProductionCost { get; init; }

    public long RigidSpending { get; init; }

    public long Medical { get; init; }

    public long Version { get; init; } = 1;

    public long Net => Wage + Business + Property + Transfer - ProductionCost;

    public long PerCapitaNet => Net / MemberCount;

    /// <summary>The income once it is fit to be recorded on <paramref name="today"/>.</summary>
    public Income Record(DateOnly today)
    {
        Rules.QuarterOver.Require(Quarter.Period <= Quarter.LastOver(today).Period, Quarter.Year, Quarter.Number);
        Rules.MedicalIsRigid.Require(Medical <= RigidSpending);
        return this;
    }

    /// <summary>What others are told: that it was recorded, not how much it is.</summary>
    public IncomeRecorded Recorded(Guid household) => new() { HouseholdId = household.ToString(), Year = Quarter.Year,
        Quarter = Quarter.Number };
}

/// <summary>
/// The per-capita net income of the four quarters that ended last. Income is recorded by quarter and the line is of a year: what is
/// there of the four is projected to four, and how many were there is told along.
/// </summary>
sealed record YearlyIncome(int Quarters, long Recorded)
{
    /// <summary>Fen a year; zero when nothing is recorded.</summary>
    public long PerCapitaNet => Quarters == 0 ? 0 : Recorded * 4 / Quarters;

    public static YearlyIncome Of(IEnumerable<Income> incomes, DateOnly today) => Of([.. LastFour(incomes, today)]);

    /// <summary>What these quarters of one year come to.</summary>
    public static YearlyIncome Of(IReadOnlyCollection<Income> year) => new(year.Count, year.Sum(income => income.PerCapitaNet));

    /// <summary>Those of the four quarters that ended last.</summary>
    public static IEnumerable<Income> LastFour(IEnumerable<Income> incomes, DateOnly today)
    {
        var last = Quarter.LastOver(today).Period;
        return incomes.Where(income => income.Quarter.Period > last - 4 && income.Quarter.Period <= last);
    }
}
