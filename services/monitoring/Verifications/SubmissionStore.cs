using Governance.Monitoring.V1;
using Governance.Platform.Data;

namespace Governance.Monitoring;

/// <summary>A submission with the times of its making and its last change.</summary>
sealed record SubmissionShown(Submission Submission, DateTimeOffset Created, DateTimeOffset Updated);

/// <summary>How many verifications of a submission were filed with which outcome.</summary>
sealed record FiledCounts(int Untrue, int AfterCutOff, int Vetoed, int Spared, int NoGround);

/// <summary>The SQL of submissions.</summary>
static class SubmissionStore
{
    /// <summary>The submission, or <c>null</c> when there is none in scope. It stays locked until the transaction ends.</summary>
    public static Task<SubmissionShown?> FindSubmission(this Transaction transaction, Guid id) => transaction.First(
        "select id, list_id, division, verifications, procedure_id, state, version, create_time, update_time from submissions where id = $1 for update",
        row => new SubmissionShown(
            new Submission(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetInt32(3), row.GetGuid(4))
            {
                State = (SubmissionState)row.GetInt16(5),
                Version = row.GetInt64(6),
            },
            row.GetFieldValue<DateTimeOffset>(7), row.GetFieldValue<DateTimeOffset>(8)),
        id);

    /// <summary>
    /// How many verifications of a list and village are pending and checked; none when the caller is not assigned to one of them. They
    /// stay locked, so that what is counted is what is submitted.
    /// </summary>
    public static async Task<(int Pending, int Checked)> Reviewable(this Transaction transaction, Guid list, string village)
    {
        if (!await transaction.First("select exists (select from assigned_verifications where list_id = $1 and division = $2)", row => row.GetBoolean(0), list, village))
            return (0, 0);
        return await transaction.First(
            """
            select (count(*) filter (where state = 1))::int, (count(*) filter (where state = 2))::int
            from (select state from verifications where list_id = $1 and division = $2 and state in (1, 2) for update) as reviewable
            """, row => (row.GetInt32(0), row.GetInt32(1)), list, village);
    }

    public static Task Insert(this Transaction transaction, Submission submission) => transaction.Execute(
        """
        insert into submissions (id, list_id, division, procedure_id, verifications, create_time, update_time) values ($1, $2, $3, $4, $5, $6, $6)
        """, submission.Id, submission.List, submission.Division, submission.Procedure, submission.Verifications, transaction.Now);

    public static Task Save(this Transaction transaction, Submission submission) => transaction.Execute(
        "update submissions set state = $2, version = $3, update_time = $4 where id = $1",
        submission.Id, (short)submission.State, submission.Version, transaction.Now);

    /// <summary>Takes what is checked into the submission.</summary>
    public static Task SubmitChecked(this Transaction transaction, Submission submission) => transaction.Execute(
        """
        update verifications set state = 3, submission_id = $1, version = version + 1, update_time = $4
        where list_id = $2 and division = $3 and state = 2
        """, submission.Id, submission.List, submission.Division, transaction.Now);

    /// <summary>What was submitted may be checked anew.</summary>
    public static Task SendBack(this Transaction transaction, Submission submission) => transaction.Execute(
        "update verifications set state = 2, submission_id = null, version = version + 1, update_time = $2 where submission_id = $1",
        submission.Id, transaction.Now);

    /// <summary>
    /// Files what is still submitted – a list that said something new meanwhile has opened it again – and tells of every household that was
    /// vetoed.
    /// </summary>
    public static async Task<FiledCounts> File(this Transaction transaction, Submission submission) => (await transaction.First(
        """
        with filed as (
            update verifications set state = 4, version = version + 1, update_time = $2 where submission_id = $1
            returning id, household_id, division, outcome, version
        ), told as (
            insert into outbox (type, subject, division, version, data)
            select 'governance.monitoring.v1.HouseholdVetoed', id::text, division, version,
                   json_build_object('verificationId', id, 'householdId', household_id, 'submissionId', $1::uuid)
            from filed where outcome = 3
        )
        select (count(*) filter (where outcome = 1))::int, (count(*) filter (where outcome = 2))::int, (count(*) filter (where outcome = 3))::int,
               (count(*) filter (where outcome = 4))::int, (count(*) filter (where outcome = 5))::int
        from filed
        """, row => new FiledCounts(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4)),
        submission.Id, transaction.Now))!;
}
