using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class FamilyDoctorsService
{
    public override Task<V1.Illness> RecordTreatment(RecordTreatmentRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("illness_id", request.IllnessId);
            var state = fields.Choice("state", request.State);
            var hospital = fields.Text("hospital", request.Hospital, 100);
            var note = fields.Text("note", request.Note, 1000, required: false);
            fields.Check();

            var before = await transaction.FindIllness(id) ?? throw new NotFoundException("illness", id.ToString());
            if ((before.State, before.Hospital, before.Note) == (state, hospital, note))
                return ToContract(before);
            var after = before.Treat(state, hospital, note, transaction.Today);
            await transaction.Save(after);
            transaction.Publish(after.Changed(), id.ToString(), after.Division, after.Version);
            return ToContract(after);
        });
}
