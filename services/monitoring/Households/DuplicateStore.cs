using Governance.Platform.Data;
using Governance.Platform.Rpc;

namespace Governance.Monitoring;

/// <summary>Somebody who is registered in one division and was to be in another, too.</summary>
sealed record Duplicate(
    Guid Id, byte[] Sealed, bool IsNewborn, Guid Member, Guid Household, string Division, string ClaimedDivision, string ClaimedNumber, DateTimeOffset First, DateTimeOffset Last);

/// <summary>The SQL of people whom two divisions want in their registers.</summary>
static class DuplicateStore
{
    /// <summary>Keeps that a household was to have those of these people who are registered elsewhere.</summary>
    public static Task NoteDuplicates(this Transaction transaction, Household household, byte[][] hashes) => transaction.Execute(
        """
        insert into duplicates (identity_hash, division, number, claimant, first_time, last_time)
        select person.identity_hash, $2, $3, $4, $5, $5
        from registered_people as person
        where person.identity_hash = any($1) and not exists (select from members where members.identity_hash = person.identity_hash)
        on conflict (identity_hash, division, number) do update set claimant = excluded.claimant, last_time = excluded.last_time
        """, hashes, household.Division, household.Number, transaction.Caller.Division, transaction.Now);

    /// <summary>The same of a file's people, whom <c>staged_duplicates</c> holds.</summary>
    public static Task NoteStagedDuplicates(this Transaction transaction) => transaction.Execute(
        """
        insert into duplicates (identity_hash, division, number, claimant, first_time, last_time)
        select identity_hash, division, number, $1, $2, $2 from staged_duplicates
        on conflict (identity_hash, division, number) do update set claimant = excluded.claimant, last_time = excluded.last_time
        """, transaction.Caller.Division, transaction.Now);

    /// <summary>Those whose both sides are in scope, unless the person has come to live where they were wanted.</summary>
    public static Task<List<Duplicate>> Duplicates(this Transaction transaction, Page page) => transaction.Query(
        """
        select duplicates.id, member.identity_sealed, member.identity_due_date is not null, member.id, member.household_id, member.division,
               duplicates.division, duplicates.number, first_time, last_time
        from duplicates join members as member using (identity_hash)
        where duplicates.id > $1 and not starts_with(member.division, claimant)
        order by duplicates.id limit $2
        """,
        row => new Duplicate(row.GetGuid(0), row.GetFieldValue<byte[]>(1), row.GetBoolean(2), row.GetGuid(3), row.GetGuid(4), row.GetString(5), row.GetString(6),
            row.GetString(7), row.GetFieldValue<DateTimeOffset>(8), row.GetFieldValue<DateTimeOffset>(9)),
        page.AfterId, page.Limit);

    /// <summary>Forgets those that are settled: nobody has them registered elsewhere any more.</summary>
    public static Task ForgetSettledDuplicates(this Transaction transaction) => transaction.Execute(
        """
        delete from duplicates
        where not exists (select from members as member where member.identity_hash = duplicates.identity_hash and not starts_with(member.division, claimant))
        """);
}
