using Google.Api;
using Governance.Monitoring.V1;
using Governance.Platform.Audit;
using Governance.Platform.Identity;
using Governance.Platform.Imports;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override async Task ExportHouseholds(ExportHouseholdsRequest request, IServerStreamWriter<HttpBody> responses,
        ServerCallContext context)
    {
        var fields = new Fields();
        var purpose = fields.Text("purpose", request.Purpose, 500);
        var division = request.Division.Length == 0 ? context.Caller().Division : fields.Division("division", request.Division);
        var settlement = fields.Id("settlement_id", request.SettlementId, required: false);
        fields.Check();

        await AuditTrail.RecordFirst(database, context, division, [], purpose);
        await database.Transact(context, async transaction =>
        {
            var rows = transaction.MembersToExport(division, settlement)
                .Select(row => HouseholdImport.Cells(row.Household, row.Member, personal.Reveal(row.Member.Number.Sealed)));
            await Table.Write(request.Format, _import.Columns, rows, responses, context);
            return true;
        });
    }
}
