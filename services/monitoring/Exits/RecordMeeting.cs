using Governance.Monitoring.V1;
using Governance.Platform.Audit;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ExitsService
{
    const int MostVoters = 10_000;

    public override Task<V1.Exit> RecordMeeting(RecordMeetingRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("exit_id", request.ExitId);
            var held = fields.Date("meeting.held_date", request.Meeting.HeldDate);
            if (held > transaction.Today)
                fields.Wrong("meeting.held_date", "IN_THE_FUTURE", "会议日期不能晚于今天。", "A meeting cannot be held in the future.");
            var meeting = new ExitMeeting
            {
                HeldDate = request.Meeting.HeldDate,
                Place = fields.Text("meeting.place", request.Meeting.Place),
                Chair = fields.Text("meeting.chair", request.Meeting.Chair, 50),
                Recorder = fields.Text("meeting.recorder", request.Meeting.Recorder, 50),
                Entitled = (int)fields.Number("meeting.entitled", request.Meeting.Entitled, 1, MostVoters),
                Present = (int)fields.Number("meeting.present", request.Meeting.Present, 1, Math.Clamp(request.Meeting.Entitled, 1, MostVoters)),
                Summary = fields.Text("meeting.summary", request.Meeting.Summary, 2000),
            };
            var votes = new Dictionary<Guid, BallotCount>();
            for (var i = 0; i < request.Meeting.Votes.Count; i++)
            {
                var (vote, path) = (request.Meeting.Votes[i], $"meeting.votes[{i}]");
                var count = new BallotCount(Votes($"{path}.in_favour", vote.InFavour), Votes($"{path}.against", vote.Against), Votes($"{path}.abstained", vote.Abstained));
                if (!votes.TryAdd(fields.Id($"{path}.household_id", vote.HouseholdId), count))
                    fields.Wrong(path, "TWICE", "同一户的票数填报了不止一次。", "The votes on one household are given more than once.");
            }
            fields.Check();

            var before = (await transaction.Exit(id)).Exit;
            var step = await procedures.OpenStep(transaction, before.Procedure);
            await transaction.Save(before.Hold(meeting, votes, step));
            await AuditTrail.Record(transaction, before.Division, [id.ToString()], "");
            return ToContract(await transaction.Exit(id));

            int Votes(string field, int count) => (int)fields.Number(field, count, 0, MostVoters);
        });
}
