using Governance.Monitoring.V1;
using Governance.Platform;

namespace Governance.Monitoring;

/// <summary>
/// That civil affairs recognized a household, or one <paramref name="Member"/> of it, as low-income in a layer (S2 二(二)6). It ends and
/// stays as history.
/// </summary>
sealed record Recognition(Guid Id, Guid Household, Guid? Member, string Division, LowIncomeLayer Layer, DateOnly Since, string Document)
{
    public DateOnly? Until { get; init; }

    public string Reason { get; init; } = "";

    public long Version { get; init; } = 1;

    public Recognition End(DateOnly until, string reason, DateOnly today)
    {
        Rules.RecognitionLasts.Require(Until is null);
        Rules.RecognitionEnds.Require(until >= Since && until <= today, Calendar.Format(Since));
        return this with { Until = until, Reason = reason, Version = Version + 1 };
    }
}
