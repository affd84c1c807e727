using Governance.Organizations.V1;

namespace Governance.Organizations;

/// <summary>
/// A part of a settlement with the worker who answers for it. <paramref name="WorkerName"/> is read along, never saved here.
/// </summary>
sealed record Grid(Guid Id, Guid SettlementId, string Division, string Name, Guid WorkerId, long Version, string WorkerName = "")
{
    public static Grid Register(Guid id, Settlement settlement, string name, Guid workerId) =>
        new(id, settlement.Id, settlement.Facts.Division, name, workerId, Version: 1);

    public Grid Change(string name, Guid workerId) => this with { Name = name, WorkerId = workerId, Version = Version + 1 };

    public GridChanged ToEvent() => new()
    {
        Id = Id.ToString(), SettlementId = SettlementId.ToString(), Name = Name, WorkerId = WorkerId.ToString(), Version = Version,
    };
}
