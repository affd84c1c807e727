using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class LowIncomeService
{
    public override Task<V1.Recognition> RecognizeLowIncome(RecognizeLowIncomeRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var wanted = request.Recognition;
            var fields = new Fields();
            var id = fields.Id("recognition_id", request.RecognitionId);
            var householdId = fields.Id("recognition.household_id", wanted.HouseholdId);
            var member = fields.Id("recognition.member_id", wanted.MemberId, required: false);
            var layer = fields.Choice("recognition.layer", wanted.Layer);
            var since = fields.Date("recognition.since_date", wanted.SinceDate) ?? default;
            if (since > transaction.Today)
                fields.Wrong("recognition.since_date", "IN_THE_FUTURE", "认定日期不能晚于今天。", "A recognition cannot begin in the future.");
            var document = fields.Text("recognition.document", wanted.Document, 100, required: false);
            fields.Check();

            if (await transaction.FindRecognition(id) is { } known)
            {
                return ToContract(known).SameAs(ToContract(known with
                {
                    Household = householdId, Member = member, Layer = layer, Since = since, Document = document,
                }));
            }
            Rules.RecognizedLayer.Require(layer != LowIncomeLayer.Monitored);
            var household = await transaction.Household(householdId);
            if (member is { } one && household.Members.All(other => other.Id != one))
                throw new NotFoundException("member", one.ToString());
            Rules.RecognizedAlready.Require(!await transaction.IsRecognized(householdId, member, layer));

            var recognition = new Recognition(id, householdId, member, household.Division, layer, since, document);
            await transaction.Insert(recognition);
            transaction.Publish(new LowIncomeRecognized
            {
                RecognitionId = id.ToString(),
                HouseholdId = householdId.ToString(),
                MemberId = member?.ToString() ?? "",
                Layer = layer,
                SinceDate = Calendar.Format(since),
            }, id.ToString(), recognition.Division, recognition.Version);
            return ToContract(recognition);
        });
}
