using Google.Api;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Imports;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class KeyVillagesService
{
    public override Task<ImportReport> ImportVillageFigures(IAsyncStreamReader<ImportVillageFiguresRequest> requests, ServerCallContext context) =>
        imports.Run(_import, requests, request => new(request.ImportId, request.DryRun, request.File), context);

    public override Task ExportVillageFigures(ExportVillageFiguresRequest request, IServerStreamWriter<HttpBody> responses, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            fields.Check();

            var rows = transaction.FiguresToExport(division).Select(row => VillageImport.Cells(row.Division, row.Figures));
            await Table.Write(request.Format, _import.Columns, rows, responses, context);
            return true;
        });
}
