using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Every number that monitoring takes from policy.</summary>
static class MonitoringPolicies
{
    /// <summary>Per-capita net income of a year under which a household is at risk.</summary>
    public static readonly Policy<long> IncomeLine = new("monitoring.income_line");

    /// <summary>Share by which a quarter's per-capita net income falls before it is a sign of risk.</summary>
    public static readonly Policy<decimal> IncomeDrop = new("monitoring.income_drop");

    /// <summary>Out-of-pocket medical spending of a household and year that is a sign of risk.</summary>
    public static readonly Policy<long> MedicalSpending = new("monitoring.medical_spending");

    /// <summary>Age from which a person counts as old.</summary>
    public static readonly Policy<int> ElderlyAge = new("monitoring.elderly_age");

    /// <summary>Calendar days from finding a clue to identification.</summary>
    public static readonly Policy<int> IdentificationDays = new("monitoring.identification.days");

    /// <summary>Calendar days from identification to an entered plan.</summary>
    public static readonly Policy<int> PlanDays = new("monitoring.plan.days");

    // ---- identification, clues and sweeps

    // ---- exit, notices and education aid

    /// <summary>Months for which support goes on after an exit.</summary>
    public static readonly Policy<int> ExitSupportMonths = new("monitoring.exit.support_months");

    // ---- department lists and asset verification

    // ---- sector support and key villages
}
