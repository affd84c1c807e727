using Google.Api;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    readonly HouseholdImport _import = new(personal, policies);

    public override Task<ImportReport> ImportHouseholds(IAsyncStreamReader<ImportHouseholdsRequest> requests, ServerCallContext context) =>
        imports.Run(_import, requests, request => new(request.ImportId, request.DryRun, request.File), context);

    public override Task GetImportErrors(GetImportErrorsRequest request, IServerStreamWriter<HttpBody> responses,
        ServerCallContext context) =>
        imports.WriteErrors(request.ImportId, request.Format, responses, context);
}
