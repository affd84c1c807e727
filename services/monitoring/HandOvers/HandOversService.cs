using Google.Protobuf.WellKnownTypes;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Hand-overs of households between authorities; one file per rpc.</summary>
sealed partial class HandOversService(Database database, PolicyBook policies, Platform.Procedures.Procedures procedures) : V1.HandOvers.HandOversBase
{
    /// <summary>Saves a decision and tells of it in <paramref name="division"/>: where it was waited for.</summary>
    static async Task<V1.HandOver> Save(Transaction transaction, HandOver decided, string division)
    {
        await transaction.Save(decided);
        transaction.Publish(decided.Decided(), decided.Id.ToString(), division, decided.Version);
        return ToContract(await transaction.HandOver(decided.Id), transaction.Today);
    }

    static V1.HandOver ToContract(HandOverShown shown, DateOnly today)
    {
        var handOver = shown.HandOver;
        return new V1.HandOver
        {
            Id = handOver.Id.ToString(),
            HouseholdId = handOver.Household.ToString(),
            FromDivision = handOver.From,
            ToDivision = handOver.To,
            Statement = handOver.Statement,
            State = handOver.State,
            Householder = handOver.Householder,
            MemberCount = handOver.MemberCount,
            MonitoredKind = handOver.Kind,
            ProposedDate = Calendar.Format(handOver.Proposed),
            DueDate = Calendar.Format(handOver.Due),
            DueCitation = handOver.DueCitation,
            Overdue = handOver.IsOverdue(today),
            Reason = handOver.Reason,
            CreateTime = shown.Created.ToTimestamp(),
            UpdateTime = shown.Updated.ToTimestamp(),
        };
    }
}
