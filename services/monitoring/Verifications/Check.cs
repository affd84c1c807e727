using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class VerificationsService
{
    public override Task<V1.Verification> CheckVerification(CheckVerificationRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("verification_id", request.VerificationId);
            var check = Parse(fields, request.Finding, transaction.Today);
            fields.Check();

            var before = (await transaction.Verification(id)).Verification;
            var cutOff = policies.Get(MonitoringPolicies.IdentificationCutOff, before.Division, transaction.Today);
            var figure = Vetoes.FigureOf(check.Veto, policies, before.Division, transaction.Today);
            var finding = Finding.Of(check, cutOff, figure);
            if (before.Finding != finding)
            {
                var after = before.Check(finding);
                await transaction.Save(after);
                transaction.Publish(after.CheckedEvent(), id.ToString(), after.Division, after.Version);
            }
            return ToContract(await transaction.Verification(id));
        });

    static Checked Parse(Fields fields, V1.Finding finding, DateOnly today)
    {
        var occurred = fields.Date("finding.occurred_date", finding.OccurredDate, required: finding.IsTrue);
        if (occurred > today)
            fields.Wrong("finding.occurred_date", "IN_THE_FUTURE", "发生日期不能晚于今天。", "It cannot have happened in the future.");
        var veto = fields.Choice("finding.veto", finding.Veto, required: false);
        var figure = fields.Number("finding.figure", finding.Figure);
        if (!finding.IsTrue && (occurred is not null || veto != Veto.Unspecified))
            fields.Wrong("finding.is_true", "CONTRADICTION", "情况不属实时，不能填写发生日期和否决情形。", "What is untrue has no date and no veto.");
        if (veto == Veto.Unspecified && (finding.Spared || figure > 0))
            fields.Wrong("finding.veto", "REQUIRED", "填写不予否决或核实数值时，须注明否决情形。", "Say which veto is meant by \"spared\" or \"figure\".");
        return new Checked(finding.IsTrue, occurred, veto, finding.Spared, figure,
            fields.Text("finding.reason", finding.Reason, 1000, required: false));
    }
}
