using Google.Protobuf.WellKnownTypes;
using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Risk clearance; one file per rpc.</summary>
sealed partial class ClearancesService(Database database, PolicyBook policies,
    Platform.Procedures.Procedures procedures) : V1.Clearances.ClearancesBase
{
    static V1.Clearance ToContract(ClearanceShown shown)
    {
        var clearance = shown.Clearance;
        return new V1.Clearance
        {
            Id = clearance.Id.ToString(),
            HouseholdId = clearance.Household.ToString(),
            Division = clearance.Division,
            Statement = clearance.Statement,
            State = clearance.State,
            PerCapitaNetFen = clearance.PerCapitaNet,
            Citation = clearance.Citation,
            ProcedureId = clearance.Procedure.ToString(),
            CreateTime = shown.Created.ToTimestamp(),
            UpdateTime = shown.Updated.ToTimestamp(),
        };
    }
}
