using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class KeyVillagesService
{
    public override Task<ListKeyVillagesResponse> ListKeyVillages(ListKeyVillagesRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            fields.Check();

            var villages = await transaction.Villages(division, page);
            var next = page.Cut(villages, village => village.Id.ToString());
            return new ListKeyVillagesResponse { Villages = { villages.Select(village => ToContract(village)) }, NextPageToken = next };
        });
}
