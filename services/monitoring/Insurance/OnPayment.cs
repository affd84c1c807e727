using Governance.Funds.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Messaging;

namespace Governance.Monitoring;

/// <summary>What the bank did with a subsidy that was asked for, as funds tells (MON-16, FUN-05).</summary>
static class OnPayment
{
    public static Task Settled(Transaction transaction, Delivery<PaymentSettled> told) => Mark(
        transaction, told.Data.Requester, told.Data.RequestId, SubsidyState.Paid, told.Data.SettledDate, default, told.Sequence);

    public static Task Failed(Transaction transaction, Delivery<PaymentFailed> told) => Mark(
        transaction, told.Data.Requester, told.Data.RequestId, SubsidyState.Failed, told.Data.FailedDate, told.Data.Failure, told.Sequence);

    static async Task Mark(Transaction transaction, string requester, string id, SubsidyState state, string date, PaymentFailure failure, long sequence)
    {
        if (requester != transaction.Service)
            return;
        var day = DateOnly.ParseExact(date, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        // What comes late, or twice, finds a newer state and changes nothing.
        if (await transaction.Mark(Guid.Parse(id), state, day, failure, sequence) is not { } marked)
            return;
        var (subsidy, version) = marked;
        transaction.Publish(state == SubsidyState.Paid
            ? new InsuranceSubsidyPaid
            {
                SubsidyId = id, HouseholdId = subsidy.Household.ToString(), MemberId = subsidy.Member.ToString(), Year = subsidy.Year,
                PaidDate = Calendar.Format(day),
            }
            : new InsuranceSubsidyFailed
            {
                SubsidyId = id, HouseholdId = subsidy.Household.ToString(), MemberId = subsidy.Member.ToString(), Year = subsidy.Year,
            }, id, subsidy.Division, version);
    }
}
