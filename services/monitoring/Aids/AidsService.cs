using Google.Protobuf.WellKnownTypes;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Aid in the green channel; one file per rpc.</summary>
sealed partial class AidsService(Database database, PolicyBook policies, PersonalData personal, ImportDesk imports) : V1.Aids.AidsBase
{
    static V1.Aid ToContract(AidShown shown, DateOnly today)
    {
        var aid = shown.Aid;
        return new V1.Aid
        {
            Id = aid.Id.ToString(),
            HouseholdId = aid.Household.ToString(),
            Division = aid.Division,
            Kind = aid.Kind,
            AmountFen = aid.Amount,
            AidDate = Calendar.Format(aid.Date),
            Disaster = aid.Disaster,
            ResponsiblePerson = aid.Responsible,
            Description = aid.Description,
            ClueId = aid.Identification?.Clue.ToString() ?? "",
            ClueState = aid.Identification?.State ?? default,
            DueDate = Calendar.Format(aid.Identification?.Due),
            DueCitation = aid.Identification?.Citation,
            Overdue = aid.IsOverdue(today),
            FollowUps = { aid.FollowUps.Select(ToContract) },
            CreateTime = shown.Created.ToTimestamp(),
        };
    }

    static V1.FollowUp ToContract(FollowUp followUp) => new()
    {
        Id = followUp.Id.ToString(),
        Date = Calendar.Format(followUp.Date),
        Note = followUp.Note,
    };
}
