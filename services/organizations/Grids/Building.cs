using Governance.Organizations.V1;

namespace Governance.Organizations;

/// <summary>A building of a grid with its head and its units. <paramref name="HeadName"/> is read along, never saved here.</summary>
sealed record Building(
    Guid Id, Guid SettlementId, Guid GridId, string Division, string Number, Guid HeadId, IReadOnlyList<Unit> Units, long Version,
    string HeadName = "")
{
    public static Building Register(Guid id, Grid grid, string number, Guid headId, IReadOnlyList<Unit> units) =>
        new(id, grid.SettlementId, grid.Id, grid.Division, number, headId, Checked(units), Version: 1);

    public Building Change(Grid grid, string number, Guid headId, IReadOnlyList<Unit> units)
    {
        Rules.SameSettlement.Require(grid.SettlementId == SettlementId);
        return this with { GridId = grid.Id, Number = number, HeadId = headId, Units = Checked(units), Version = Version + 1 };
    }

    /// <summary>Everybody who answers for some part of it.</summary>
    public Guid[] People => [HeadId, .. Units.Select(unit => unit.HeadId)];

    public BuildingChanged ToEvent() => new()
    {
        Id = Id.ToString(),
        SettlementId = SettlementId.ToString(),
        GridId = GridId.ToString(),
        Number = Number,
        HeadId = HeadId.ToString(),
        Units = { Units.Select(unit => unit.ToContract()) },
        Version = Version,
    };

    static IReadOnlyList<Unit> Checked(IReadOnlyList<Unit> units)
    {
        Rules.UnitNumber.Require(units.DistinctBy(unit => unit.Number, StringComparer.Ordinal).Count() == units.Count);
        return units;
    }
}

/// <summary>An entrance of a building (单元) with its head.</summary>
sealed record Unit(string Number, Guid HeadId)
{
    public BuildingUnit ToContract() => new() { Number = Number, HeadId = HeadId.ToString() };
}
