using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class FamilyDoctorsService
{
    public override Task<V1.Illness> RegisterIllness(RegisterIllnessRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("illness_id", request.IllnessId);
            var memberId = fields.Id("illness.member_id", request.Illness.MemberId);
            var disease = fields.Choice("illness.disease", request.Illness.Disease);
            var diagnosed = fields.Date("illness.diagnosed_date", request.Illness.DiagnosedDate) ?? default;
            if (diagnosed > transaction.Today)
                fields.Wrong("illness.diagnosed_date", "IN_THE_FUTURE", "确诊日期不能晚于今天。", "A diagnosis cannot lie in the future.");
            fields.Check();

            if (await transaction.FindIllness(id) is { } known)
                return ToContract(known).SameAs(ToContract(known with { Member = memberId, Disease = disease, Diagnosed = diagnosed }));
            var member = await transaction.Member(memberId);
            Rules.OneEntry.Require(!await transaction.HasIllness(memberId, disease));
            var illness = new Illness(id, memberId, member.Household, member.Division, disease, diagnosed, diagnosed);
            await transaction.Insert(illness);
            transaction.Publish(illness.Changed(), id.ToString(), illness.Division, illness.Version);
            return ToContract(illness);
        });
}
