using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class CluesService
{
    public override Task<V1.Clue> VerifyClue(VerifyClueRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("clue_id", request.ClueId);
            var kind = fields.Choice("kind", request.Kind);
            fields.Check();

            var clue = (await transaction.Clue(id)).Clue;
            clue.RequireOpen();
            (await transaction.Household(clue.Household)).CanBeIdentified(kind);
            Rules.OneIdentification.Require(!await transaction.IsBeingIdentified(clue.Household));

            var procedure = await procedures.Start(transaction, Identification.Definition, id.ToString(), clue.Division, clue.Found);
            await transaction.Save(clue.Verify(kind, procedure));
            return ToContract(await transaction.Clue(id), context.Locale(), transaction.Today);
        });
}
