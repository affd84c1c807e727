using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Procedures;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class VerificationsService
{
    public const string Definition = "monitoring.asset_verification";

    public override Task<V1.Submission> SubmitVerifications(SubmitVerificationsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("submission_id", request.SubmissionId);
            var list = fields.Id("submission.department_list_id", request.Submission.DepartmentListId);
            var division = fields.Division("submission.division", request.Submission.Division, minDigits: 12);
            fields.Check();

            if (await transaction.FindSubmission(id) is { } known)
                return ToContract(known).SameAs(new V1.Submission { DepartmentListId = list.ToString(), Division = division });
            var (pending, @checked) = await transaction.Reviewable(list, division);
            if (pending + @checked == 0)
                throw new NotFoundException("department list", list.ToString());
            Rules.AllChecked.Require(pending == 0, pending);
            var procedure = await procedures.Start(transaction, Definition, id.ToString(), division);
            var submission = new Submission(id, list, division, @checked, procedure);
            await transaction.Insert(submission);
            await transaction.SubmitChecked(submission);
            transaction.Publish(submission.SubmittedEvent(), id.ToString(), division, submission.Version);
            return ToContract((await transaction.FindSubmission(id))!);
        });

    /// <summary>The procedure has ended: the county filed it, or somebody on the way rejected it and the village may check anew.</summary>
    public static async Task Completed(Transaction transaction, ProcedureCompleted completed)
    {
        var submission = (await transaction.FindSubmission(Guid.Parse(completed.Subject)))!.Submission.Decide(filed: completed.Outcome == Outcome.Approve);
        await transaction.Save(submission);
        if (submission.State == SubmissionState.SentBack)
        {
            await transaction.SendBack(submission);
            transaction.Publish(new VerificationsSentBack { SubmissionId = submission.Id.ToString(), DepartmentListId = submission.List.ToString() },
                submission.Id.ToString(), submission.Division, submission.Version);
            return;
        }
        var filed = await transaction.File(submission);
        transaction.Publish(new VerificationsFiled
        {
            SubmissionId = submission.Id.ToString(),
            DepartmentListId = submission.List.ToString(),
            Untrue = filed.Untrue,
            AfterCutOff = filed.AfterCutOff,
            Vetoed = filed.Vetoed,
            Spared = filed.Spared,
            NoGround = filed.NoGround,
        }, submission.Id.ToString(), submission.Division, submission.Version);
    }
}
