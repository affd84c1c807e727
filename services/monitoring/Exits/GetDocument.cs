using Google.Api;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Audit;
using Governance.Platform.Data;
using Governance.Platform.Directories;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ExitsService
{
    public override Task<HttpBody> GetExitDocument(GetExitDocumentRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("exit_id", request.ExitId);
            var form = ExitForms.All.FirstOrDefault(form => form.Id == request.Document);
            if (form is null)
            {
                var choices = string.Join(", ", ExitForms.All.Select(known => known.Id));
                fields.Wrong("document", "NOT_A_DOCUMENT", $"字段 document 必须是以下之一：{choices}。", $"Field \"document\" must be one of {choices}.");
            }
            var isFile = fields.IsFile(request.Format);
            var household = fields.Id("household_id", request.HouseholdId, required: form?.OfOneHousehold == true);
            fields.Check();

            var exit = (await transaction.Exit(id)).Exit;
            var entry = household is null ? null
                : exit.Households.FirstOrDefault(entry => entry.Household == household) ?? throw new NotFoundException("household", household.ToString()!);
            var file = await ExitFileOf(transaction, exit);
            Rules.DocumentDue.Require(form!.IsDue(file), form.Id, form.Step);
            var filled = form.Fill(file, entry);

            // The names in it are full ones.
            await AuditTrail.Record(transaction, exit.Division, household is null ? [id.ToString()] : [id.ToString(), household.ToString()!], form.Id);
            return await context.Answer(filled, form.Id, isFile);
        });

    /// <summary>Gathers what the forms of an exit are filled in with.</summary>
    async Task<ExitFile> ExitFileOf(Transaction transaction, Exit exit)
    {
        var procedure = await procedures.Get(transaction, exit.Procedure, Locale.Zh);
        var names = await transaction.DivisionNames([exit.Division, exit.Division[..9], exit.Division[..6]]);
        var authority = policies.Get(MonitoringPolicies.ExitAuthority, exit.Division, transaction.Today);
        var contact = policies.Get(MonitoringPolicies.NoticeContact, exit.Division, transaction.Today);
        var county = NameOf(exit.Division[..6]);
        return new ExitFile(exit, procedure, NameOf(exit.Division), NameOf(exit.Division[..9]), county, county + authority.Value, contact.Value);

        string NameOf(string code) => names.GetValueOrDefault(code, code);
    }
}
