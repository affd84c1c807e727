using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Imports;
using Governance.Platform.Personal;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>The schools' registers and their comparison with the registry's children (MON-18); one file per rpc.</summary>
sealed partial class EnrolmentsService(Database database, PolicyBook policies, ImportDesk imports, PersonalData personal) : Enrolments.EnrolmentsBase
{
    static EnrolmentComparison ToContract(Comparison comparison) => new()
    {
        Id = comparison.Id.ToString(),
        Division = comparison.Division,
        SchoolYear = comparison.Term.SchoolYear,
        Term = comparison.Term.Number,
        ComparedDate = Calendar.Format(comparison.Compared),
        Children = comparison.Count.Children,
        Enrolled = comparison.Count.Enrolled,
        Suspected = comparison.Count.Suspected,
        Known = comparison.Count.Known,
        Citations = { comparison.Citations },
    };
}
