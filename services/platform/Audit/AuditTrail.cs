using Governance.Platform.Data;

namespace Governance.Platform.Audit;

/// <summary>Who did what to whom, and why. Entries are only ever added.</summary>
public static class AuditTrail
{
    /// <summary>
    /// Adds an entry with the transaction: its caller did its action to <paramref name="subjects"/> in
    /// <paramref name="division"/>, for <paramref name="purpose"/> where the action asks for one.
    /// </summary>
    public static Task Record(Transaction transaction, string division, IReadOnlyList<string> subjects, string purpose) => Task.CompletedTask;
}
