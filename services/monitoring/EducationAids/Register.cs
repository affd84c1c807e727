using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Audit;
using Governance.Platform.Data;
using Governance.Platform.Procedures;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class EducationAidsService
{
    public const string Definition = "monitoring.education_aid";

    /// <summary>More than any aid to one pupil for a year: a slip of the pen.</summary>
    const long MostFen = 100_000_00;

    public override Task<V1.EducationAid> RegisterEducationAid(RegisterEducationAidRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var wanted = request.EducationAid.Clone();
            var fields = new Fields();
            var id = fields.Id("education_aid_id", request.EducationAidId);
            var householdId = fields.Id("education_aid.household_id", wanted.HouseholdId);
            var pupilId = fields.Id("education_aid.member_id", wanted.MemberId);
            wanted.School = fields.Text("education_aid.school", wanted.School, 100);
            var stage = fields.Choice("education_aid.stage", wanted.Stage);
            var year = (int)fields.Number("education_aid.school_year", wanted.SchoolYear, transaction.Today.Year - 1, transaction.Today.Year);
            var amount = fields.Number("education_aid.amount_fen", wanted.AmountFen, 1, MostFen);
            wanted.Finding = fields.Text("education_aid.finding", wanted.Finding, 1000);
            fields.Check();

            if (await transaction.FindEducationAid(id) is { } known)
                return ToContract(known).SameAs(wanted);

            var household = await transaction.Household(householdId);
            var pupil = household.Members.FirstOrDefault(member => member.Id == pupilId) ?? throw new NotFoundException("member", pupilId.ToString());
            EducationAid.RequireNeed(household, pupil);
            var procedure = await procedures.Start(transaction, Definition, id.ToString(), household.Division);
            await transaction.Insert(new EducationAid(id, householdId, pupilId, household.Division, wanted.School, stage, year, amount, wanted.Finding, procedure));
            await AuditTrail.Record(transaction, household.Division, [id.ToString(), householdId.ToString()], "");
            return ToContract(await transaction.EducationAid(id));
        });

    /// <summary>The procedure has ended.</summary>
    public static async Task Completed(Transaction transaction, ProcedureCompleted completed)
    {
        var aid = (await transaction.EducationAid(Guid.Parse(completed.Subject))).Aid.Decide(approved: completed.Outcome == Outcome.Approve);
        await transaction.Save(aid);
        if (aid.State == EducationAidState.Approved)
            transaction.Publish(aid.Approved(), aid.Id.ToString(), aid.Division, aid.Version);
    }
}
