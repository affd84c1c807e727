using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class LowIncomeService
{
    public override Task<ListLowIncomeResponse> ListLowIncome(ListLowIncomeRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            var layer = fields.Choice("layer", request.Layer, required: false);
            var asOf = fields.Date("as_of_date", request.AsOfDate, required: false);
            fields.Check();

            var recognitions = await transaction.Recognitions(division, household, layer, asOf, page);
            var next = page.Cut(recognitions, recognition => recognition.Id.ToString());
            return new ListLowIncomeResponse { Recognitions = { recognitions.Select(ToContract) }, NextPageToken = next };
        });
}
