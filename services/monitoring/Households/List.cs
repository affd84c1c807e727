using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override Task<ListHouseholdsResponse> ListHouseholds(ListHouseholdsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var filter = new HouseholdFilter(
                request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division),
                fields.Id("settlement_id", request.SettlementId, required: false),
                fields.Id("grid_id", request.GridId, required: false),
                (int)fields.Choice("category", request.Category, required: false),
                (int)fields.Choice("low_income_category", request.LowIncomeCategory, required: false),
                (int)fields.Choice("monitored_kind", request.MonitoredKind, required: false),
                request.Monitored,
                fields.Text("number", request.Number, 32, required: false),
                request.IdentityOverdue);
            fields.Check();

            var households = await transaction.Households(filter, page);
            var next = page.Cut(households, shown => shown.Household.Id.ToString());
            return new ListHouseholdsResponse { Households = { households.Select(shown => ToContract(shown)) }, NextPageToken = next };
        });
}
