using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>A village that gets special help for some years (MON-19).</summary>
sealed record KeyVillage(Guid Id, string Division, string Name, int From, int Until)
{
    public long Version { get; init; } = 1;
}

/// <summary>A key village's figures of a year; amounts in fen.</summary>
sealed record VillageFigures(int Year, long Income, long CountyIncome, int Households, int TapWater, int SanitaryToilets, long CollectiveIncome)
{
    /// <summary>
    /// Each figure against the target that policy sets for the year. What is not reached is missed once the last day for it lies in the
    /// figures' year, or before.
    /// </summary>
    public IEnumerable<VillageTarget> Targets(string division, PolicyBook policies)
    {
        var end = new DateOnly(Year, 12, 31);
        var income = policies.Get(MonitoringPolicies.VillageIncome, division, end);
        var water = policies.Get(MonitoringPolicies.VillageTapWater, division, end);
        var toilets = policies.Get(MonitoringPolicies.VillageToilets, division, end);
        var collective = policies.Get(MonitoringPolicies.VillageCollectiveIncome, division, end);
        yield return Target(VillageFigure.Income, (decimal)Income / CountyIncome, income.Value, income.Citation, MonitoringPolicies.VillageIncomeDue);
        yield return Target(VillageFigure.TapWater, (decimal)TapWater / Households, water.Value, water.Citation, MonitoringPolicies.VillageTapWaterDue);
        yield return Target(VillageFigure.SanitaryToilets, (decimal)SanitaryToilets / Households, toilets.Value, toilets.Citation,
            MonitoringPolicies.VillageToiletsDue);
        yield return Target(VillageFigure.CollectiveIncome, CollectiveIncome, collective.Value, collective.Citation,
            MonitoringPolicies.VillageCollectiveIncomeDue);

        VillageTarget Target(VillageFigure figure, decimal value, decimal target, PolicyCitation citation, Policy<DateOnly> lastDay)
        {
            var due = policies.Get(lastDay, division, end).Value;
            return new VillageTarget
            {
                Figure = figure,
                Value = (double)value,
                Target = (double)target,
                DueDate = Platform.Calendar.Format(due),
                State = value >= target ? TargetState.Met : due <= end ? TargetState.Missed : TargetState.Pending,
                Citation = citation,
            };
        }
    }
}
