using Governance.Employment.V1;
using Governance.Platform.Data;
using Governance.Platform.Messaging;

namespace Governance.Monitoring;

/// <summary>A household that could work and of whom nobody does is a sign of risk (EMP-02, S2 二(六)1).</summary>
static class OnHouseholdEmploymentChanged
{
    public static Task Handle(Transaction transaction, Delivery<HouseholdEmploymentChanged> changed)
    {
        var household = changed.Data;
        return transaction.Keep(new Signal(Rules.ToldNobodyEmployed.Code, household.HouseholdId, household.HouseholdId, changed.Sequence,
            household.LabourCount > 0 && household.EmployedCount == 0 ? new { labour = household.LabourCount } : null));
    }
}
