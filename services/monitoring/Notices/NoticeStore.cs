using Governance.Platform.Data;

namespace Governance.Monitoring;

/// <summary>The SQL of the public notice board.</summary>
static class NoticeStore
{
    /// <summary>The full names of the householders whom the notices about <paramref name="subjects"/> name, by subject.</summary>
    public static async Task<ILookup<Guid, string>> NoticedHouseholders(this Transaction transaction, Guid[] subjects) => (await transaction.Query(
        """
        select exit_id, householder, household_id from exit_households where exit_id = any($1) and state in (1, 3)
        union all
        select education_aids.id, name, education_aids.household_id
        from education_aids join members on members.household_id = education_aids.household_id and relation = 1
        where education_aids.id = any($1)
        order by 1, 3
        """, row => (Subject: row.GetGuid(0), Name: row.GetString(1)), subjects)).ToLookup(row => row.Subject, row => row.Name);
}
