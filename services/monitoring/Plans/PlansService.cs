using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Rpc;

namespace Governance.Monitoring;

/// <summary>Assistance plans and their measures; one file per rpc.</summary>
sealed partial class PlansService(Database database) : V1.Plans.PlansBase
{
    static Measure Parse(Fields fields, string prefix, Guid id, V1.Measure measure) => new(
        id,
        fields.Choice($"{prefix}kind", measure.Kind),
        fields.Text($"{prefix}description", measure.Description, 1000),
        fields.Text($"{prefix}responsible_person", measure.ResponsiblePerson, 100),
        fields.Date($"{prefix}start_date", measure.StartDate) ?? default);

    static V1.Plan ToContract(Plan plan) => new()
    {
        Id = plan.Id.ToString(),
        HouseholdId = plan.Household.ToString(),
        Division = plan.Division,
        ResponsiblePerson = plan.ResponsiblePerson,
        Goal = plan.Goal,
        Measures = { plan.Measures.Select(ToContract) },
        DueDate = Calendar.Format(plan.Due?.Date),
        DueCitation = plan.Due?.Citation,
        EnteredDate = Calendar.Format(plan.Entered),
        Overdue = plan.IsOverdue,
        ClosedDate = Calendar.Format(plan.Closed),
        Version = plan.Version,
    };

    static V1.Measure ToContract(Measure measure) => new()
    {
        Id = measure.Id.ToString(),
        Kind = measure.Kind,
        Description = measure.Description,
        ResponsiblePerson = measure.ResponsiblePerson,
        StartDate = Calendar.Format(measure.Start),
        Result = measure.Result,
        EndDate = Calendar.Format(measure.End),
    };
}
