using Governance.Monitoring.V1;

namespace Governance.Monitoring;

/// <summary>Aid to a pupil whom a school's survey found in need, for one school year (MON-18).</summary>
sealed record EducationAid(Guid Id, Guid Household, Guid Pupil, string Division, string School, SchoolStage Stage, int SchoolYear, long Amount, string Finding,
    Guid Procedure)
{
    public EducationAidState State { get; init; } = EducationAidState.Surveyed;

    public long Version { get; init; } = 1;

    public EducationAid Decide(bool approved) =>
        this with { State = approved ? EducationAidState.Approved : EducationAidState.Rejected, Version = Version + 1 };

    /// <summary>Throws unless <paramref name="pupil"/> of <paramref name="household"/> may be aided.</summary>
    public static void RequireNeed(Household household, Member pupil)
    {
        Rules.AidPupil.Require(pupil.School is SchoolStatus.Enrolled or SchoolStatus.TaughtAtHome);
        Rules.AidHousehold.Require(
            household.Category == HouseholdCategory.OutOfPoverty || household.Monitored is not null || household.LowIncome.Count > 0);
    }

    public EducationAidApproved Approved() => new()
    {
        EducationAidId = Id.ToString(),
        HouseholdId = Household.ToString(),
        Stage = Stage,
        SchoolYear = SchoolYear,
        AmountFen = Amount,
    };
}
