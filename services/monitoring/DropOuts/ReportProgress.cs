using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class DropOutsService
{
    public override Task<V1.DropOut> ReportProgress(ReportProgressRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("drop_out_id", request.DropOutId);
            var month = ParseMonth(fields, "month", request.Month);
            var text = fields.Text("text", request.Text, 2000);
            fields.Check();

            var before = await transaction.DropOut(id);
            if (before.Reports.Any(report => report.Month == month && report.Text == text))
                return ToContract(before, transaction.Today);
            var after = before.Report(month, text, transaction.Today);
            await transaction.Save(after);
            await transaction.Insert(after, after.Reports[^1]);
            transaction.Publish(new DropOutReported { DropOutId = id.ToString(), HouseholdId = after.Household.ToString(), Month = request.Month },
                id.ToString(), after.Division, after.Version);
            return ToContract(after, transaction.Today);
        });
}
