using Google.Protobuf.WellKnownTypes;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Personal;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Exit by village lists; one file per rpc.</summary>
sealed partial class ExitsService(Database database, PolicyBook policies, Platform.Procedures.Procedures procedures) : V1.Exits.ExitsBase
{
    static V1.Exit ToContract(ExitShown shown)
    {
        var exit = shown.Exit;
        var meeting = exit.Meeting?.Clone();
        meeting?.Votes.Add(exit.Households.Select(ToVote).OfType<V1.ExitVote>());
        return new V1.Exit
        {
            Id = exit.Id.ToString(),
            Division = exit.Division,
            Households = { exit.Households.Select(ToContract) },
            State = exit.State,
            ProcedureId = exit.Procedure.ToString(),
            Citation = exit.Citation,
            Meeting = meeting,
            ApprovedDate = Calendar.Format(exit.Approval?.Date),
            SupportUntil = Calendar.Format(exit.Approval?.SupportUntil),
            SupportCitation = exit.Approval?.Citation,
            Version = exit.Version,
            CreateTime = shown.Created.ToTimestamp(),
            UpdateTime = shown.Updated.ToTimestamp(),
        };
    }

    static V1.ExitHousehold ToContract(ExitEntry entry) => new()
    {
        HouseholdId = entry.Household.ToString(),
        Number = entry.Number,
        Householder = Mask.Name(entry.Householder),
        MemberCount = entry.MemberCount,
        PerCapitaNetFen = entry.PerCapitaNet,
        State = entry.State,
        Vote = ToVote(entry),
        StruckStep = entry.StruckStep,
        StruckReason = entry.StruckReason,
    };

    static V1.ExitVote? ToVote(ExitEntry entry) => entry.Vote is not { } vote ? null : new V1.ExitVote
    {
        HouseholdId = entry.Household.ToString(),
        InFavour = vote.InFavour,
        Against = vote.Against,
        Abstained = vote.Abstained,
    };
}
