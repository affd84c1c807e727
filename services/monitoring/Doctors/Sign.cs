using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class FamilyDoctorsService
{
    public override Task<V1.Signing> SignDoctor(SignDoctorRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("signing_id", request.SigningId);
            var memberId = fields.Id("signing.member_id", request.Signing.MemberId);
            var institution = fields.Text("signing.institution", request.Signing.Institution, 100);
            var doctor = fields.Text("signing.doctor", request.Signing.Doctor, 100);
            var signed = fields.Date("signing.signed_date", request.Signing.SignedDate) ?? default;
            if (signed > transaction.Today)
                fields.Wrong("signing.signed_date", "IN_THE_FUTURE", "签约日期不能晚于今天。", "A signing cannot lie in the future.");
            fields.Check();

            if (await transaction.FindSigning(id) is { } known)
            {
                return ToContract(known, transaction.Today).SameAs(
                    ToContract(known with { Member = memberId, Institution = institution, Doctor = doctor, Signed = signed }, transaction.Today));
            }
            var member = await transaction.Member(memberId);
            var last = await transaction.LastDaySigned(memberId);
            Rules.SignedAlready.Require(!(last >= signed), Calendar.Format(last));
            var signing = Signing.Sign(id, member, institution, doctor, signed, policies);
            await transaction.Insert(signing);
            transaction.Publish(new FamilyDoctorSigned
            {
                SigningId = id.ToString(),
                HouseholdId = signing.Household.ToString(),
                MemberId = memberId.ToString(),
                SignedDate = Calendar.Format(signed),
                UntilDate = Calendar.Format(signing.Until),
            }, id.ToString(), signing.Division, signing.Version);
            return ToContract(signing, transaction.Today);
        });
}
