using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ListsService
{
    public override Task<V1.Reviewer> AssignReviewer(AssignReviewerRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var wanted = request.Reviewer.Clone();
            var fields = new Fields();
            var id = fields.Id("reviewer_id", request.ReviewerId);
            var list = fields.Id("reviewer.department_list_id", wanted.DepartmentListId);
            var division = fields.Division("reviewer.division", wanted.Division, minDigits: 6);
            wanted.Subject = fields.Text("reviewer.subject", wanted.Subject, 100);
            fields.Check();

            if (await transaction.FindReviewer(id) is { } known)
                return ToContract(known).SameAs(wanted);
            if (!Divisions.Covers(transaction.Caller.Division, division))
                throw new NotFoundException("division", division);
            await transaction.RequireListConcerns(list);
            var reviewer = Reviewer.Assign(id, list, division, wanted.Subject, transaction.Caller.Subject, transaction.Now);
            await transaction.Insert(reviewer);
            transaction.Publish(reviewer.AssignedEvent(), id.ToString(), division, reviewer.Version);
            return ToContract(reviewer);
        });
}
