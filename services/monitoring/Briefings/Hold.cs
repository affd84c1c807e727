using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class BriefingsService
{
    public override Task<V1.Briefing> HoldMeeting(HoldMeetingRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("briefing_id", request.BriefingId);
            var held = fields.Date("held_date", request.HeldDate) ?? default;
            var minutes = fields.Text("minutes", request.Minutes, 500);
            fields.Check();

            var before = await transaction.Briefing(id);
            if (before.Held == held && before.Minutes == minutes)
                return ToContract(before, context.Locale());
            var after = before.Hold(held, minutes, transaction.Today);
            await transaction.Save(after);
            transaction.Publish(new MeetingHeld
            {
                BriefingId = id.ToString(),
                Division = after.Division,
                Month = DropOut.Month(after.Month),
                HeldDate = Calendar.Format(held),
                Late = after.HeldLate,
            }, id.ToString(), after.Division, after.Version);
            return ToContract(after, context.Locale());
        });
}
