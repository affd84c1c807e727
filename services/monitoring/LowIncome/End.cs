using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class LowIncomeService
{
    public override Task<V1.Recognition> EndLowIncome(EndLowIncomeRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("recognition_id", request.RecognitionId);
            var until = fields.Date("until_date", request.UntilDate) ?? default;
            var reason = fields.Text("reason", request.Reason, 500);
            fields.Check();

            var before = await transaction.FindRecognition(id) ?? throw new NotFoundException("recognition", id.ToString());
            if (before.Until == until && before.Reason == reason)
                return ToContract(before);
            var after = before.End(until, reason, transaction.Today);
            await transaction.Save(after);
            transaction.Publish(new LowIncomeEnded
            {
                RecognitionId = id.ToString(),
                HouseholdId = after.Household.ToString(),
                MemberId = after.Member?.ToString() ?? "",
                Layer = after.Layer,
                UntilDate = Calendar.Format(until),
            }, id.ToString(), after.Division, after.Version);
            return ToContract(after);
        });
}
