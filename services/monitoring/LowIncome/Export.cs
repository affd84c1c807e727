using Google.Api;
using Governance.Monitoring.V1;
using Governance.Platform.Audit;
using Governance.Platform.Identity;
using Governance.Platform.Imports;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class LowIncomeService
{
    public override Task ExportLowIncome(ExportLowIncomeRequest request, IServerStreamWriter<HttpBody> responses, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var purpose = fields.Text("purpose", request.Purpose, 500);
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            fields.Check();

            await AuditTrail.Record(transaction, division, [], purpose);
            var csv = new CsvWriter(responses, transaction.Cancellation);
            await csv.Row(_import.Headings(context.Locale()));
            await foreach (var (number, recognition) in transaction.RecognitionsToExport(division))
                await csv.Row(LowIncomeImport.Cells(personal.Reveal(number), recognition));
            await csv.Finish();
            return true;
        });
}
