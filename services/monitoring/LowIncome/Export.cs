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
    public override async Task ExportLowIncome(ExportLowIncomeRequest request, IServerStreamWriter<HttpBody> responses, ServerCallContext context)
    {
        var fields = new Fields();
        var purpose = fields.Text("purpose", request.Purpose, 500);
        var division = request.Division.Length == 0 ? context.Caller().Division : fields.Division("division", request.Division);
        fields.Check();

        await AuditTrail.RecordFirst(database, context, division, [], purpose);
        await database.Transact(context, async transaction =>
        {
            var rows = transaction.RecognitionsToExport(division).Select(row => LowIncomeImport.Cells(personal.Reveal(row.Number), row.Recognition));
            await Table.Write(request.Format, _import.Columns, rows, responses, context);
            return true;
        });
    }
}
