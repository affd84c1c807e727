using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class AidsService
{
    readonly DisasterImport _import = new(personal, policies);

    public override Task<ImportReport> ImportDisasters(IAsyncStreamReader<ImportDisastersRequest> requests, ServerCallContext context) =>
        imports.Run(_import, requests, request => new(request.ImportId, request.DryRun, request.File), context);
}
