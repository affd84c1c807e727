using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>A request to clear a household's risk, with the income and the line that were compared.</summary>
sealed record Clearance(Guid Id, Guid Household, string Division, string Statement, long PerCapitaNet, PolicyCitation Citation,
    Guid Procedure)
{
    public ClearanceState State { get; init; } = ClearanceState.Requested;

    public long Version { get; init; } = 1;

    public Clearance Decide(bool cleared) =>
        this with { State = cleared ? ClearanceState.Cleared : ClearanceState.Rejected, Version = Version + 1 };

    /// <summary>
    /// Throws unless the household's risk can be cleared (MON-09): income known for all of the last four quarters and above the year's
    /// line, a safe dwelling, safe water, everybody insured, every child in school.
    /// </summary>
    public static void RequireConditions(Household household, YearlyIncome income, PolicyValue<long> line, int outOfSchool)
    {
        Rules.ClearMonitored.Require(household.Monitored is not null);
        Rules.IncomeKnown.Require(income.Quarters == 4, income.Quarters);
        Rules.IncomeAboveLine.Require(income.PerCapitaNet > line.Value, Texts.Yuan(income.PerCapitaNet), Texts.Yuan(line.Value));
        Rules.SafeDwelling.Require(household.Dwelling is DwellingGrade.A or DwellingGrade.B);
        Rules.SafeWater.Require(household.Water == WaterSafety.Safe);
        var uninsured = household.Members.Count(member => member.Insurance is Insurance.Unspecified or Insurance.Uninsured);
        Rules.AllInsured.Require(uninsured == 0, uninsured);
        Rules.AllSchooled.Require(outOfSchool == 0, outOfSchool);
    }
}
