using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class CluesService
{
    public override Task<V1.Clue> RefuteClue(RefuteClueRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("clue_id", request.ClueId);
            var reason = fields.Text("reason", request.Reason, 1000);
            fields.Check();

            var clue = (await transaction.Clue(id)).Clue.Refute(reason);
            await transaction.Save(clue);
            transaction.Publish(clue.Refuted(), id.ToString(), clue.Division, clue.Version);
            return ToContract(await transaction.Clue(id), context.Locale(), transaction.Today);
        });
}
