using Governance.Platform.Data;
using Governance.Platform.Messaging;
using Governance.Property.V1;

namespace Governance.Monitoring;

/// <summary>
/// Fees owed over the limit are a sign of risk. What is owed grows every month and is only shown: since when it is owed is the
/// evidence, so that arrears that were looked into are not raised again before they were paid once.
/// </summary>
static class OnAccountArrearsChanged
{
    public static Task Handle(Transaction transaction, Delivery<AccountArrearsChanged> changed)
    {
        var account = changed.Data;
        return transaction.Keep(new Signal(Rules.ToldArrears.Code, account.AccountId, account.HouseholdId, changed.Sequence,
            account.OverLimit ? new { account = account.AccountId, since = account.SinceMonth } : null)
        {
            Figures = account.OverLimit ? new { arrears_fen = account.ArrearsFen } : null,
            Citation = account.Limit,
        });
    }
}
