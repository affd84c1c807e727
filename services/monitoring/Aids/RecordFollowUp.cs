using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class AidsService
{
    public override Task<V1.Aid> RecordFollowUp(RecordFollowUpRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var wanted = request.FollowUp ?? new V1.FollowUp();
            var fields = new Fields();
            var aidId = fields.Id("aid_id", request.AidId);
            var id = fields.Id("follow_up_id", request.FollowUpId);
            var date = fields.Date("follow_up.date", wanted.Date, required: false);
            var note = fields.Text("follow_up.note", wanted.Note, 1000);
            fields.Check();

            var before = await transaction.Aid(aidId);
            if (before.Aid.FollowUps.FirstOrDefault(other => other.Id == id) is { } known)
            {
                ToContract(known).SameAs(ToContract(new FollowUp(id, date ?? known.Date, note)));
                return ToContract(before, transaction.Today);
            }
            var followUp = new FollowUp(id, date ?? transaction.Today, note);
            await transaction.Insert(before.Aid.Follow(followUp, transaction.Today), followUp);
            return ToContract(await transaction.Aid(aidId), transaction.Today);
        });
}
