using Google.Protobuf.WellKnownTypes;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Sweeps from house to house; one file per rpc.</summary>
sealed partial class SweepsService(Database database, PolicyBook policies) : V1.Sweeps.SweepsBase
{
    static V1.Sweep ToContract(SweepShown shown, DateOnly today, SweepCount? progress = null)
    {
        var sweep = shown.Sweep;
        return new V1.Sweep
        {
            Id = sweep.Id.ToString(),
            Division = sweep.Division,
            Title = sweep.Title,
            UntilDate = Calendar.Format(sweep.Until),
            OpenedDate = Calendar.Format(sweep.Opened),
            ClosedDate = Calendar.Format(sweep.Closed),
            NextDueDate = Calendar.Format(sweep.Next?.Due),
            NextDueCitation = sweep.Next?.Citation,
            Overdue = sweep.IsOverdue(today),
            Progress = progress is null ? null : ToContract(progress),
            CreateTime = shown.Created.ToTimestamp(),
        };
    }

    static V1.SweepProgress ToContract(SweepCount count) => new()
    {
        Division = count.Division,
        GridId = count.Grid?.ToString() ?? "",
        Households = count.Households,
        Waiting = count.Waiting,
        Visited = count.Visited,
        Absent = count.Absent,
        Excused = count.Excused,
        AtRisk = count.AtRisk,
    };

    static V1.Visit ToContract(Visit visit) => new()
    {
        HouseholdId = visit.Household.ToString(),
        Division = visit.Division,
        GridId = visit.Grid?.ToString() ?? "",
        Worker = visit.Worker,
        State = visit.State,
        VisitDate = Calendar.Format(visit.Date),
        Note = visit.Note,
        AtRisk = visit.AtRisk,
        ClueId = visit.Clue?.ToString() ?? "",
    };

    static V1.Unregistered ToContract(Unregistered found) => new()
    {
        Id = found.Id.ToString(),
        SweepId = found.Sweep.ToString(),
        Division = found.Division,
        Description = found.Description,
        FoundDate = Calendar.Format(found.Found),
        HouseholdId = found.Household?.ToString() ?? "",
    };

    /// <summary>The sweep with all of its visits that the caller sees counted together.</summary>
    static async Task<V1.Sweep> Counted(Transaction transaction, SweepShown shown) =>
        ToContract(shown, transaction.Today, await TotalOf(transaction, shown.Sweep.Id));

    static async Task<SweepCount> TotalOf(Transaction transaction, Guid sweep)
    {
        var counts = await transaction.SweepCounts(sweep);
        return new SweepCount("", null, counts.Sum(count => count.Households), counts.Sum(count => count.Waiting), counts.Sum(count => count.Visited),
            counts.Sum(count => count.Absent), counts.Sum(count => count.Excused), counts.Sum(count => count.AtRisk));
    }
}
