using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class IncomesService
{
    readonly IncomeImport _import = new();

    public override Task<ImportReport> ImportIncomes(IAsyncStreamReader<ImportIncomesRequest> requests, ServerCallContext context) =>
        imports.Run(_import, requests, request => new(request.ImportId, request.DryRun, request.File), context);
}
