using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class BriefingsService
{
    public override Task<V1.Briefing> CreateBriefing(CreateBriefingRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("briefing_id", request.BriefingId);
            var division = fields.Division("briefing.division", request.Briefing.Division);
            var month = DropOutsService.ParseMonth(fields, "briefing.month", request.Briefing.Month);
            fields.Check();
            if (!Platform.Divisions.Covers(transaction.Caller.Division, division))
                throw new NotFoundException("division", division);

            if (await transaction.FindBriefing(id) is { } known)
            {
                var shown = ToContract(known, context.Locale());
                return shown.SameAs(ToContract(known with { Division = division, Month = month }, context.Locale()));
            }
            var firstDay = policies.Get(MonitoringPolicies.MeetingFirstDay, division, month);
            var briefing = Briefing.Create(id, division, month, transaction.Today, firstDay);
            await transaction.Insert(briefing);
            transaction.Publish(new BriefingCreated { BriefingId = id.ToString(), Division = division, Month = DropOut.Month(month) },
                id.ToString(), division, briefing.Version);
            return ToContract(await transaction.Briefing(id), context.Locale());
        });
}
