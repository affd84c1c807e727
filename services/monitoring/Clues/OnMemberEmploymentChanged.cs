using Governance.Employment.V1;
using Governance.Platform.Data;
using Governance.Platform.Messaging;

namespace Governance.Monitoring;

/// <summary>Work that was lost, and not left, is a sign of risk until there is other work.</summary>
static class OnMemberEmploymentChanged
{
    public static Task Handle(Transaction transaction, Delivery<MemberEmploymentChanged> changed)
    {
        var member = changed.Data;
        var lost = !member.Employed && member.EndReason is EndReason.Lost or EndReason.Expired;
        return transaction.Keep(new Signal(Rules.ToldJobLost.Code, member.MemberId, member.HouseholdId, changed.Sequence,
            lost ? new { member = member.MemberId, date = member.ChangeDate } : null));
    }
}
