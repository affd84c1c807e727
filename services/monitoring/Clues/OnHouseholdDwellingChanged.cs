using Governance.Housing.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Messaging;

namespace Governance.Monitoring;

/// <summary>A dwelling graded C or D, or none at all, is a sign of risk (S2 二(二)4).</summary>
static class OnHouseholdDwellingChanged
{
    public static Task Handle(Transaction transaction, Delivery<HouseholdDwellingChanged> changed)
    {
        var dwelling = changed.Data;
        var grade = dwelling.DwellingId.Length == 0 ? DwellingGrade.NoDwelling : (DwellingGrade)dwelling.Grade;
        var unsafeNow = grade is DwellingGrade.C or DwellingGrade.D or DwellingGrade.NoDwelling;
        return transaction.Keep(new Signal(Rules.ToldUnsafeDwelling.Code, dwelling.HouseholdId, dwelling.HouseholdId, changed.Sequence,
            unsafeNow ? new { grade = (int)grade, date = dwelling.SinceDate } : null));
    }
}
