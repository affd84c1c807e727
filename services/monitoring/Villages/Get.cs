using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class KeyVillagesService
{
    public override Task<V1.KeyVillage> GetKeyVillage(GetKeyVillageRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("key_village_id", request.KeyVillageId);
            var village = await transaction.FindVillage(id) ?? throw new NotFoundException("village", id.ToString());
            return ToContract(village, await transaction.FiguresOf(id));
        });
}
