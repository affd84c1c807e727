using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>A chronically ill member's signing with a family doctor, and the visits under it (MON-17).</summary>
sealed record Signing(Guid Id, Guid Member, Guid Household, string Division, string Institution, string Doctor, IReadOnlyList<HealthCondition> Diseases,
    DateOnly Signed, DateOnly Until, DateOnly VisitDue, PolicyCitation Citation)
{
    public DateOnly? LastVisit { get; init; }

    public string Finding { get; init; } = "";

    public long Version { get; init; } = 1;

    /// <summary>The four chronic diseases that are followed, with the days between visits.</summary>
    static readonly (HealthCondition Disease, Policy<int> Days)[] _chronic =
    [
        (HealthCondition.Hypertension, MonitoringPolicies.VisitHypertension), (HealthCondition.Diabetes, MonitoringPolicies.VisitDiabetes),
        (HealthCondition.Tuberculosis, MonitoringPolicies.VisitTuberculosis),
        (HealthCondition.SevereMentalDisorder, MonitoringPolicies.VisitMentalDisorder),
    ];

    public static Signing Sign(Guid id, MemberFacts member, string institution, string doctor, DateOnly signed, PolicyBook policies)
    {
        var diseases = member.Health.Where(condition => _chronic.Any(chronic => chronic.Disease == condition)).ToList();
        Rules.ChronicDisease.Require(diseases.Count > 0);
        var days = Days(diseases, member.Division, signed, policies);
        var until = signed.AddDays(policies.Get(MonitoringPolicies.SigningDays, member.Division, signed).Value - 1);
        return new Signing(id, member.Id, member.Household, member.Division, institution, doctor, diseases, signed, until,
            signed.AddDays(days.Value), days.Citation);
    }

    public Signing Visit(DateOnly date, string finding, DateOnly today, PolicyBook policies)
    {
        var earliest = LastVisit ?? Signed;
        Rules.VisitDate.Require(date >= earliest && date <= today && date <= Until, Calendar.Format(earliest), Calendar.Format(Until));
        var days = Days(Diseases, Division, date, policies);
        return this with
        {
            LastVisit = date, Finding = finding, VisitDue = date.AddDays(days.Value), Citation = days.Citation, Version = Version + 1,
        };
    }

    /// <summary>Whether the next visit should have been made while the signing lasts.</summary>
    public bool IsOverdue(DateOnly today) => VisitDue < today && VisitDue <= Until;

    /// <summary>Of several diseases, the one that asks for visits most often counts.</summary>
    static PolicyValue<int> Days(IReadOnlyList<HealthCondition> diseases, string division, DateOnly date, PolicyBook policies) => _chronic
        .Where(chronic => diseases.Contains(chronic.Disease)).Select(chronic => policies.Get(chronic.Days, division, date)).MinBy(days => days.Value)!;
}

/// <summary>A member's major disease and how its treatment stands (MON-17).</summary>
sealed record Illness(Guid Id, Guid Member, Guid Household, string Division, MajorDisease Disease, DateOnly Diagnosed, DateOnly StateDate)
{
    public TreatmentState State { get; init; } = TreatmentState.Diagnosed;

    public string Hospital { get; init; } = "";

    public string Note { get; init; } = "";

    public long Version { get; init; } = 1;

    public Illness Treat(TreatmentState state, string hospital, string note, DateOnly today) =>
        this with { State = state, Hospital = hospital, Note = note, StateDate = today, Version = Version + 1 };

    /// <summary>What is told of it: how the treatment stands, not which disease it is.</summary>
    public TreatmentChanged Changed() => new()
    {
        IllnessId = Id.ToString(), HouseholdId = Household.ToString(), MemberId = Member.ToString(), State = State,
    };
}
