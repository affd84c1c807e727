using System.Globalization;
using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;
using Calendar = Governance.Platform.Calendar;

namespace Governance.Monitoring;

/// <summary>The ledger of suspected drop-outs (MON-18); one file per rpc.</summary>
sealed partial class DropOutsService(Database database, PolicyBook policies) : V1.DropOuts.DropOutsBase
{
    /// <summary>The registry says of the pupil what the ledger says, unless the pupil is there no more.</summary>
    static async Task KeepSchool(Transaction transaction, Guid householdId, Guid memberId, SchoolStatus school)
    {
        var household = await transaction.FindHousehold(householdId);
        if (household?.Members.FirstOrDefault(other => other.Id == memberId) is not { } member || member.School == school)
            return;
        var changed = household.Change(member with { School = school });
        await transaction.Save(household, changed);
        transaction.Publish(new HouseholdChanged { Household = changed.Facts() }, changed.Id.ToString(), changed.Division, changed.Version);
    }

    /// <summary>A month written yyyy-MM, as its first day.</summary>
    internal static DateOnly ParseMonth(Fields fields, string field, string text)
    {
        if (DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            && month.Year is >= 1900 and <= 2100)
            return month;
        fields.Wrong(field, "NOT_A_MONTH", $"字段 {field} 必须是月份，格式为 yyyy-MM，例如 2024-03。",
            $"Field \"{field}\" must be a month written yyyy-MM, e.g. 2024-03.");
        return default;
    }

    static V1.DropOut ToContract(DropOut dropOut, DateOnly today) => new()
    {
        Id = dropOut.Id.ToString(),
        MemberId = dropOut.Member.ToString(),
        HouseholdId = dropOut.Household.ToString(),
        Division = dropOut.Division,
        Source = dropOut.Source,
        FoundDate = Calendar.Format(dropOut.Found),
        Description = dropOut.Description,
        State = dropOut.State,
        ResponsiblePerson = dropOut.ResponsiblePerson,
        Plan = dropOut.Plan,
        Method = dropOut.Method,
        ReportDueDate = Calendar.Format(dropOut.ReportDue),
        ReportLate = dropOut.IsLate(today),
        Reports =
        {
            dropOut.Reports.Select(report => new MonthlyReport
            {
                Month = DropOut.Month(report.Month), Text = report.Text, ReportDate = Calendar.Format(report.Reported),
            }),
        },
        Outcome = dropOut.Outcome,
        ClosedDate = Calendar.Format(dropOut.Closed),
        Version = dropOut.Version,
    };
}
