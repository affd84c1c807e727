using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Key villages and their targets (MON-19); one file per rpc.</summary>
sealed partial class KeyVillagesService(Database database, ImportDesk imports, PolicyBook policies) : V1.KeyVillages.KeyVillagesBase
{
    readonly VillageImport _import = new();

    V1.KeyVillage ToContract(KeyVillage village, params IEnumerable<VillageFigures> years) => new()
    {
        Id = village.Id.ToString(),
        Division = village.Division,
        Name = village.Name,
        FromYear = village.From,
        UntilYear = village.Until,
        Years = { years.Select(year => ToContract(village, year)) },
        Version = village.Version,
    };

    VillageYear ToContract(KeyVillage village, VillageFigures figures) => new()
    {
        Year = figures.Year,
        IncomeFen = figures.Income,
        CountyIncomeFen = figures.CountyIncome,
        Households = figures.Households,
        TapWaterHouseholds = figures.TapWater,
        SanitaryToiletHouseholds = figures.SanitaryToilets,
        CollectiveIncomeFen = figures.CollectiveIncome,
        Targets = { figures.Targets(village.Division, policies) },
    };
}
