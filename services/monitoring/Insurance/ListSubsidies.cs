using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class InsurancesService
{
    public override Task<ListSubsidiesResponse> ListSubsidies(ListSubsidiesRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            var confirmation = fields.Id("confirmation_id", request.ConfirmationId, required: false);
            var state = fields.Choice("state", request.State, required: false);
            var year = (int)fields.Number("year", request.Year, 0, 2100);
            fields.Check();

            var subsidies = await transaction.Subsidies(division, household, confirmation, year, state, page);
            var next = page.Cut(subsidies, subsidy => subsidy.Id.ToString());
            return new ListSubsidiesResponse { Subsidies = { subsidies.Select(ToContract) }, NextPageToken = next };
        });
}
