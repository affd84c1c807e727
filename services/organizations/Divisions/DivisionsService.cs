using Governance.Platform.Data;
using Governance.Platform.Imports;

namespace Governance.Organizations;

sealed partial class DivisionsService(Database database, ImportDesk imports) : V1.Divisions.DivisionsBase
{
    static V1.Division ToContract(Division division) => new()
    {
        Code = division.Code,
        Name = division.Name,
        Level = Platform.Divisions.LevelOf(division.Code),
        UrbanRuralClass = division.UrbanRuralClass,
        Version = division.Version,
    };
}
