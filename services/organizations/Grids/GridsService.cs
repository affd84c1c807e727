using Governance.Platform.Data;
using Governance.Platform.Rpc;

namespace Governance.Organizations;

sealed partial class GridsService(Database database) : V1.Grids.GridsBase
{
    static V1.Grid ToContract(Grid grid) => new()
    {
        Id = grid.Id.ToString(),
        SettlementId = grid.SettlementId.ToString(),
        Name = grid.Name,
        WorkerId = grid.WorkerId.ToString(),
        WorkerName = grid.WorkerName,
        Division = grid.Division,
        Version = grid.Version,
    };

    static V1.Building ToContract(Building building) => new()
    {
        Id = building.Id.ToString(),
        GridId = building.GridId.ToString(),
        Number = building.Number,
        HeadId = building.HeadId.ToString(),
        HeadName = building.HeadName,
        Units = { building.Units.Select(unit => unit.ToContract()) },
        SettlementId = building.SettlementId.ToString(),
        Division = building.Division,
        Version = building.Version,
    };

    static Unit[] Units(Fields fields, IEnumerable<V1.BuildingUnit> units) =>
    [
        .. units.Select((unit, i) => new Unit(
            fields.Text($"building.units[{i}].number", unit.Number, max: 50),
            fields.Id($"building.units[{i}].head_id", unit.HeadId))),
    ];
}
