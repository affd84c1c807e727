using Governance.Monitoring.V1;
using Governance.Platform.Directories;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class KeyVillagesService
{
    public override Task<V1.KeyVillage> RegisterKeyVillage(RegisterKeyVillageRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var from = (int)fields.Number("village.from_year", request.Village.FromYear, 2000, 2100);
            var village = new KeyVillage(
                fields.Id("key_village_id", request.KeyVillageId),
                fields.Division("village.division", request.Village.Division, minDigits: 12),
                fields.Text("village.name", request.Village.Name, 100),
                from,
                (int)fields.Number("village.until_year", request.Village.UntilYear, from, 2100));
            fields.Check();
            if (!Platform.Divisions.Covers(transaction.Caller.Division, village.Division))
                throw new NotFoundException("division", village.Division);

            if (await transaction.FindVillage(village.Id) is { } known)
                return ToContract(known).SameAs(ToContract(village));
            Rules.UnknownDivision.Require(await transaction.DivisionExists(village.Division), village.Division);
            await transaction.Insert(village);
            transaction.Publish(new KeyVillageRegistered
            {
                KeyVillageId = village.Id.ToString(), Division = village.Division, FromYear = village.From, UntilYear = village.Until,
            }, village.Id.ToString(), village.Division, village.Version);
            return ToContract(village);
        });
}
