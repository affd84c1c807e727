using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class EnrolmentsService
{
    readonly EnrolmentImport _import = new(personal);

    public override Task<ImportReport> ImportEnrolments(IAsyncStreamReader<ImportEnrolmentsRequest> requests, ServerCallContext context) =>
        imports.Run(_import, requests, request => new(request.ImportId, request.DryRun, request.File), context);
}
