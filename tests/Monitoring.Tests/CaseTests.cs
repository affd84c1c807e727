using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Personal;
using Governance.Platform.Policies;
using Governance.Platform.Rules;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>The rules of clues, plans and clearance without a database.</summary>
public sealed class CaseTests
{
    static readonly DateOnly _today = new(2024, 4, 1);
    static readonly PolicyValue<int> _fifteenDays = new(15, new PolicyCitation { PolicyId = "monitoring.identification.days",
        Source = "S2 二(一)2", Value = "15d" });

    static Clue Reported(ClueSource source = ClueSource.Sweep) => Clue.Report(Guid.CreateVersion7(), Guid.CreateVersion7(),
        "619901001001", source, "", _today, _fifteenDays);

    static Plan Entered() => new(Guid.CreateVersion7(), Guid.CreateVersion7(), "619901001001", "王例一", "增收",
        new PlanDue(_today, new PolicyCitation()), _today);

    static Measure Employment() => new(Guid.CreateVersion7(), MeasureKind.Employment, "推荐就业", "王例一", _today);

    static void Breaks(Rule rule, Action move) => Assert.Same(rule, Assert.Throws<RuleBrokenException>(move).Rule);

    [Theory]
    [InlineData(ClueSource.Screening)]
    [InlineData(ClueSource.Event)]
    public void Nobody_reports_what_the_system_finds(ClueSource source) => Breaks(Rules.SourceReported, () => Reported(source));

    [Fact]
    public void The_clock_of_a_clue_runs_from_the_day_it_was_found()
    {
        var clue = Reported();
        Assert.Equal(new DateOnly(2024, 4, 16), clue.Due);
        Assert.False(clue.IsOverdue(new DateOnly(2024, 4, 16)));
        Assert.True(clue.IsOverdue(new DateOnly(2024, 4, 17)));
        Assert.False(clue.Refute("收入稳定").IsOverdue(new DateOnly(2024, 4, 17)));
    }

    [Fact]
    public void A_clue_is_dealt_with_once()
    {
        var refuted = Reported().Refute("收入稳定");
        Breaks(Rules.ClueOpen, () => refuted.Verify(MonitoredKind.Unstable, Guid.CreateVersion7()));
        Breaks(Rules.ClueOpen, () => Reported().Verify(MonitoredKind.Unstable, Guid.CreateVersion7()).Refute("收入稳定"));
    }

    [Fact]
    public void A_measure_ends_once_and_between_its_start_and_today()
    {
        var measure = Employment();
        var plan = Entered().Add(measure);
        Breaks(Rules.MeasureEnds, () => plan.End(measure.Id, "已就业", _today.AddDays(-1), _today));
        Breaks(Rules.MeasureEnds, () => plan.End(measure.Id, "已就业", _today.AddDays(1), _today));
        var ended = plan.End(measure.Id, "已就业", _today, _today);
        Breaks(Rules.MeasureRunning, () => ended.End(measure.Id, "未就业", _today, _today));
    }

    [Fact]
    public void A_closed_plan_is_not_changed() => Breaks(Rules.PlanOpen, () => (Entered() with { Closed = _today }).Add(Employment()));

    public static TheoryData<string, int, long, DwellingGrade, WaterSafety, Insurance, int> Conditions => new()
    {
        { "", 4, 750_001, DwellingGrade.A, WaterSafety.Safe, Insurance.Resident, 0 },
        { "", 4, 750_001, DwellingGrade.B, WaterSafety.Safe, Insurance.Employee, 0 },
        { Rules.IncomeKnown.Code, 3, 900_000, DwellingGrade.A, WaterSafety.Safe, Insurance.Resident, 0 },
        { Rules.IncomeAboveLine.Code, 4, 750_000, DwellingGrade.A, WaterSafety.Safe, Insurance.Resident, 0 },
        { Rules.SafeDwelling.Code, 4, 900_000, DwellingGrade.C, WaterSafety.Safe, Insurance.Resident, 0 },
        { Rules.SafeDwelling.Code, 4, 900_000, DwellingGrade.Unspecified, WaterSafety.Safe, Insurance.Resident, 0 },
        { Rules.SafeWater.Code, 4, 900_000, DwellingGrade.A, WaterSafety.Unspecified, Insurance.Resident, 0 },
        { Rules.AllInsured.Code, 4, 900_000, DwellingGrade.A, WaterSafety.Safe, Insurance.Uninsured, 0 },
        { Rules.AllInsured.Code, 4, 900_000, DwellingGrade.A, WaterSafety.Safe, Insurance.Unspecified, 0 },
        { Rules.AllSchooled.Code, 4, 900_000, DwellingGrade.A, WaterSafety.Safe, Insurance.Resident, 1 },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Risk_is_cleared_only_when_income_and_the_guarantees_are_secure(
        string broken, int quarters, long perCapita, DwellingGrade dwelling, WaterSafety water, Insurance insurance, int outOfSchool)
    {
        var member = new Member(Guid.CreateVersion7(), "赵例一", new ProtectedNumber([], []), new DateOnly(2012, 1, 1), V1.Gender.Male,
            Relation.Householder) { Insurance = insurance };
        var household = new Household(Guid.CreateVersion7(), "T-1", new Home("619901001001", null, "", "", "", null),
            HouseholdCategory.OutOfPoverty, [member])
        {
            Dwelling = dwelling,
            Water = water,
            Monitored = new Monitored(MonitoredKind.Unstable, _today),
        };
        var line = new PolicyValue<long>(750_000, new PolicyCitation());

        void Check() => Clearance.RequireConditions(household, new YearlyIncome(quarters, perCapita * quarters / 4), line, outOfSchool);
        if (broken.Length == 0)
            Check();
        else
            Assert.Equal(broken, Assert.Throws<RuleBrokenException>(Check).Rule.Code);
        Breaks(Rules.ClearMonitored, () => Clearance.RequireConditions(household with { Monitored = null }, new YearlyIncome(4, 900_000),
            line, 0));
    }
}
