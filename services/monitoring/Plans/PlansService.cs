using System.Text.RegularExpressions;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;

namespace Governance.Monitoring;

/// <summary>Assistance plans and their measures; one file per rpc.</summary>
sealed partial class PlansService(Database database, PolicyBook policies) : V1.Plans.PlansBase
{
    const int MostDetails = 20;

    static Measure Parse(Fields fields, string prefix, Guid id, V1.Measure measure)
    {
        if (measure.Details.Count > MostDetails || measure.Details.Keys.Any(word => !Word().IsMatch(word)))
            fields.Wrong($"{prefix}details", "NOT_DETAILS", $"字段 {prefix}details 最多 {MostDetails} 项，名称只能用小写英文字母和下划线，例如 employer。",
                $"Field \"{prefix}details\" takes up to {MostDetails} entries under names of small letters and underscores, e.g. employer.");
        return new Measure(
            id,
            fields.Choice($"{prefix}kind", measure.Kind),
            fields.Text($"{prefix}description", measure.Description, 1000),
            fields.Text($"{prefix}responsible_person", measure.ResponsiblePerson, 100),
            fields.Date($"{prefix}start_date", measure.StartDate) ?? default)
        {
            Details = new(measure.Details.ToDictionary(detail => detail.Key, detail => fields.Text($"{prefix}details", detail.Value), StringComparer.Ordinal),
                StringComparer.Ordinal),
        };
    }

    /// <summary>The measure once it names what holds in the division today.</summary>
    Measure Named(Measure measure, string division, DateOnly today) =>
        measure.Named(policies.Get(MeasureDetails.AskedOf(measure.Kind), division, today));

    [GeneratedRegex("^[a-z][a-z_]{0,39}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

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
        Details = { measure.Details },
        Citation = measure.Citation,
    };
}
