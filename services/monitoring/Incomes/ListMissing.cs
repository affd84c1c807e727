using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class IncomesService
{
    public override Task<ListMissingIncomesResponse> ListMissingIncomes(ListMissingIncomesRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var quarter = ParseQuarter(fields, request.Year, request.Quarter);
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            fields.Check();
            Rules.QuarterOver.Require(quarter.Period <= Quarter.LastOver(transaction.Today).Period, quarter.Year, quarter.Number);

            var missing = await transaction.MissingIncomes(division, quarter, page);
            var next = page.Cut(missing, household => household.HouseholdId);
            var response = new ListMissingIncomesResponse { Households = { missing }, NextPageToken = next };
            if (request.PageToken.Length == 0)
                (response.ExpectedCount, response.RecordedCount) = await transaction.IncomeCoverage(division, quarter);
            return response;
        });
}
