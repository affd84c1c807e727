using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Monitoring;

/// <summary>A verification with the times of its making and its last change.</summary>
sealed record VerificationShown(Verification Verification, DateTimeOffset Created, DateTimeOffset Updated);

/// <summary>A row of a list as it is kept, and where the list comes from.</summary>
sealed record SealedFacts(Guid List, string Department, DateOnly Reference, byte[] Row);

/// <summary>A line of the check forms.</summary>
sealed record CheckForm(Guid Id, string Division, string HouseholdNumber, string Name, ListKind Kind, bool NameDiffers, VerificationState State, byte[] Row);

/// <summary>How many verifications of a division and kind are where, and what came of them.</summary>
sealed record VerificationTally(string Division, string Name, ListKind Kind, int Total, int Pending, int Checked, int Submitted, int Filed,
    int Untrue, int AfterCutOff, int Vetoed, int Spared, int NoGround);

/// <summary>
/// The SQL of verifications. What is shown is read from assigned_verifications, which holds the caller's own; what is counted, from the table.
/// </summary>
static class VerificationStore
{
    /// <summary>The verification, when the caller is assigned to it. It stays locked until the transaction ends.</summary>
    /// <exception cref="NotFoundException">There is none that the caller is assigned to.</exception>
    public static async Task<VerificationShown> Verification(this Transaction transaction, Guid id) => await transaction.First(
        """
        select id, list_id, household_id, member_id, division, kind, name_differs, state, outcome, occurred_date, veto, figure, reason,
               cut_off_citation::text, veto_citation::text, submission_id, version, create_time, update_time
        from assigned_verifications where id = $1 for update
        """, Read, id) ?? throw new NotFoundException("verification", id.ToString());

    public static Task<List<VerificationShown>> Verifications(this Transaction transaction, Guid? list, string division, int state, Guid? household,
        Guid? reviewer, Page page) => transaction.Query(
        """
        select id, list_id, household_id, member_id, division, kind, name_differs, state, outcome, occurred_date, veto, figure, reason,
               cut_off_citation::text, veto_citation::text, submission_id, version, create_time, update_time
        from assigned_verifications
        where id > $1 and ($2::uuid is null or list_id = $2) and division >= $3 and division < $3 || ':' and ($4 = 0 or state = $4)
          and ($5::uuid is null or household_id = $5)
          and ($6::uuid is null or exists (
              select from reviewers where id = $6 and reviewers.list_id = assigned_verifications.list_id and starts_with(assigned_verifications.division, reviewers.division)))
        order by id limit $7
        """, Read, page.AfterId, list, division, state, household, reviewer, page.Limit);

    public static Task Save(this Transaction transaction, Verification verification)
    {
        var (check, outcome, cutOff, veto) = verification.Finding!;
        return transaction.Execute(
            """
            update verifications
            set state = $2, outcome = $3, occurred_date = $4, veto = $5, figure = $6, reason = $7, cut_off_citation = $8::jsonb, veto_citation = $9::jsonb,
                version = $10, update_time = $11
            where id = $1
            """,
            verification.Id, (short)verification.State, (short)outcome, check.Occurred, (short)check.Veto, check.Figure, check.Reason,
            cutOff?.ToJson(), veto?.ToJson(), verification.Version, transaction.Now);
    }

    /// <summary>What the lists said of a verification's asset, latest first. The table shows it to assigned reviewers alone.</summary>
    public static Task<List<SealedFacts>> Facts(this Transaction transaction, Guid verification) => transaction.Query(
        """
        select list_id, department, reference_date, row from verification_facts join list_origins using (list_id)
        where verification_id = $1 order by number desc
        """, row => new SealedFacts(row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetFieldValue<byte[]>(3)), verification);

    /// <summary>The verifications of a list that the caller is assigned to.</summary>
    public static Task<List<Guid>> AssignedVerifications(this Transaction transaction, Guid list) => transaction.Query(
        "select id from assigned_verifications where list_id = $1 order by division, id", row => row.GetGuid(0), list);

    /// <summary>The check forms of these verifications, with what the list said last.</summary>
    public static IAsyncEnumerable<CheckForm> CheckForms(this Transaction transaction, Guid list, List<Guid> verifications) => transaction.Stream(
        """
        select verification.id, verification.division, household.number, coalesce(member.name, ''), verification.kind, verification.name_differs, verification.state, fact.row
        from assigned_verifications as verification
        join households as household on household.id = verification.household_id
        left join members as member on member.id = verification.member_id
        join lateral (select row from verification_facts where verification_id = verification.id and list_id = $1 order by number desc limit 1) as fact on true
        where verification.id = any($2)
        order by verification.division, verification.id
        """,
        row => new CheckForm(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), (ListKind)row.GetInt16(4), row.GetBoolean(5),
            (VerificationState)row.GetInt16(6), row.GetFieldValue<byte[]>(7)), list, verifications);

    /// <summary>
    /// Counts by the divisions of so many digits and by kind. The numbers are of all verifications in scope: they name nobody.
    /// </summary>
    public static IAsyncEnumerable<VerificationTally> CountVerifications(this Transaction transaction, Guid? list, string division, int digits) =>
        transaction.Stream(
        """
        select counted.division, coalesce(directory.name, ''), kind, total, pending, checked, submitted, filed, untrue, after_cut_off, vetoed, spared, no_ground
        from (
            select left(division, $3) as division, kind, count(*)::int as total,
                   (count(*) filter (where state = 1))::int as pending, (count(*) filter (where state = 2))::int as checked,
                   (count(*) filter (where state = 3))::int as submitted, (count(*) filter (where state = 4))::int as filed,
                   (count(*) filter (where outcome = 1))::int as untrue, (count(*) filter (where outcome = 2))::int as after_cut_off,
                   (count(*) filter (where outcome = 3))::int as vetoed, (count(*) filter (where outcome = 4))::int as spared,
                   (count(*) filter (where outcome = 5))::int as no_ground
            from verifications
            where ($1::uuid is null or list_id = $1) and division >= $2 and division < $2 || ':'
            group by left(division, $3), kind
        ) as counted
        left join directory_divisions as directory on directory.code = counted.division
        order by counted.division, kind
        """,
        row => new VerificationTally(row.GetString(0), row.GetString(1), (ListKind)row.GetInt16(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5),
            row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), row.GetInt32(10), row.GetInt32(11), row.GetInt32(12)),
        list, division, digits);

    static VerificationShown Read(NpgsqlDataReader row) => new(
        new Verification(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetGuid(3), row.GetString(4), (ListKind)row.GetInt16(5), row.GetBoolean(6))
        {
            State = (VerificationState)row.GetInt16(7),
            Finding = ReadFinding(row, (VerificationOutcome)row.GetInt16(8)),
            Submission = row.IsDBNull(15) ? null : row.GetGuid(15),
            Version = row.GetInt64(16),
        },
        row.GetFieldValue<DateTimeOffset>(17), row.GetFieldValue<DateTimeOffset>(18));

    static Finding? ReadFinding(NpgsqlDataReader row, VerificationOutcome outcome)
    {
        if (outcome == VerificationOutcome.Unspecified)
            return null;
        var check = new Checked(outcome != VerificationOutcome.Untrue, row.IsDBNull(9) ? null : row.GetFieldValue<DateOnly>(9),
            (Veto)row.GetInt16(10), outcome == VerificationOutcome.Spared, row.GetInt64(11), row.GetString(12));
        return new Finding(check, outcome, Citation(13), Citation(14));

        PolicyCitation? Citation(int column) => row.IsDBNull(column) ? null : row.GetString(column).ToCitation();
    }
}
