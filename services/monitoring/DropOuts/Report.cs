using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class DropOutsService
{
    public override Task<V1.DropOut> ReportDropOut(ReportDropOutRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("drop_out_id", request.DropOutId);
            var memberId = fields.Id("drop_out.member_id", request.DropOut.MemberId);
            var found = fields.Date("drop_out.found_date", request.DropOut.FoundDate) ?? default;
            if (found > transaction.Today)
                fields.Wrong("drop_out.found_date", "IN_THE_FUTURE", "发现日期不能晚于今天。", "A drop-out cannot be found in the future.");
            var description = fields.Text("drop_out.description", request.DropOut.Description, 1000, required: false);
            fields.Check();

            if (await transaction.FindDropOut(id) is { } known)
            {
                return ToContract(known, transaction.Today).SameAs(
                    ToContract(known with { Member = memberId, Found = found, Description = description }, transaction.Today));
            }
            var member = await transaction.Member(memberId);
            Rules.OneCase.Require(!await transaction.HasOpenDropOut(memberId));
            var dropOut = new DropOut(id, memberId, member.Household, member.Division, DropOutSource.Reported, found, description);
            await transaction.Insert(dropOut);
            transaction.Publish(new DropOutOpened { DropOutId = id.ToString(), MemberId = memberId.ToString(), HouseholdId = member.Household.ToString() },
                id.ToString(), dropOut.Division, dropOut.Version);
            // Screening, clearance, exit and the figures look into the registry.
            if (member.School is not (SchoolStatus.SuspectedDropOut or SchoolStatus.DroppedOut))
                await KeepSchool(transaction, member.Household, memberId, SchoolStatus.SuspectedDropOut);
            return ToContract(dropOut, transaction.Today);
        });
}
