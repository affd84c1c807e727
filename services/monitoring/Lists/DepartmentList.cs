using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Imports;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>
/// A list of another department (MON-13). What it says of people is kept through <paramref name="KeepUntil"/>, then erased.
/// </summary>
sealed record DepartmentList(Guid Id, string Division, ListKind Kind, string Department, DateOnly Reference, string RegistrantId,
    string RegistrantName, DateOnly KeepUntil, PolicyCitation KeepCitation)
{
    public DateTimeOffset? Erased { get; init; }

    public long Version { get; init; } = 1;

    public static DepartmentList Register(Guid id, string division, ListKind kind, string department, DateOnly reference,
        string registrantId, string registrantName, DateOnly today, PolicyValue<int> keepDays) =>
        new(id, division, kind, department, reference, registrantId, registrantName, today.AddDays(keepDays.Value), keepDays.Citation);

    /// <summary>Whether matches are verified one by one; of any other kind, clues are made.</summary>
    public static bool IsOfAssets(ListKind kind) => kind <= ListKind.Pension;

    /// <summary>Throws unless the list can still be uploaded to.</summary>
    public void RequireKept() => Rules.ListErased.Require(Erased is null, Calendar.Format(KeepUntil));

    public ListRegistered Registered() => new()
    {
        DepartmentListId = Id.ToString(),
        Kind = Kind,
        Department = Department,
        ReferenceDate = Calendar.Format(Reference),
        KeepUntil = Calendar.Format(KeepUntil),
    };

    public ListMatched Matched(ImportCounts counts) => new() { DepartmentListId = Id.ToString(), Created = counts.Created, Updated = counts.Updated };
}
