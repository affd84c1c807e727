using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class FamilyDoctorsService
{
    public override Task<ListIllnessesResponse> ListIllnesses(ListIllnessesRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            var disease = fields.Choice("disease", request.Disease, required: false);
            var state = fields.Choice("state", request.State, required: false);
            fields.Check();

            var illnesses = await transaction.Illnesses(division, household, disease, state, page);
            var next = page.Cut(illnesses, illness => illness.Id.ToString());
            return new ListIllnessesResponse { Illnesses = { illnesses.Select(ToContract) }, NextPageToken = next };
        });
}
