using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Audit;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class VerificationsService
{
    public override Task<ShowFactsResponse> ShowFacts(ShowFactsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("verification_id", request.VerificationId);
            var purpose = fields.Text("purpose", request.Purpose, 500);
            fields.Check();

            var verification = (await transaction.Verification(id)).Verification;
            await AuditTrail.Record(transaction, verification.Division, [id.ToString()], purpose);
            return new ShowFactsResponse { Facts = { (await transaction.Facts(id)).Select(ToContract) } };
        });

    ListedFacts ToContract(SealedFacts facts)
    {
        var row = ListedRow.Reveal(personal, facts.Row);
        var shown = new ListedFacts
        {
            DepartmentListId = facts.List.ToString(),
            Department = facts.Department,
            ReferenceDate = Calendar.Format(facts.Reference),
            Name = row.Name,
            Asset = row.Asset,
            Date = Calendar.Format(row.Date),
            Description = row.Description,
        };
        if (row.AmountFen is { } amount)
            shown.AmountFen = amount;
        return shown;
    }
}
