using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class FamilyDoctorsService
{
    public override Task<V1.Signing> RecordVisit(RecordVisitRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("signing_id", request.SigningId);
            var date = fields.Date("visit_date", request.VisitDate) ?? default;
            var finding = fields.Text("finding", request.Finding, 1000);
            fields.Check();

            var before = await transaction.FindSigning(id) ?? throw new NotFoundException("signing", id.ToString());
            if (before.LastVisit == date && before.Finding == finding)
                return ToContract(before, transaction.Today);
            var after = before.Visit(date, finding, transaction.Today, policies);
            await transaction.Save(after);
            transaction.Publish(new VisitRecorded
            {
                SigningId = id.ToString(),
                HouseholdId = after.Household.ToString(),
                MemberId = after.Member.ToString(),
                VisitDate = Calendar.Format(date),
                VisitDueDate = Calendar.Format(after.VisitDue),
            }, id.ToString(), after.Division, after.Version);
            return ToContract(after, transaction.Today);
        });
}
