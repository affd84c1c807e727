using Google.Api;
using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Identity;
using Grpc.Core;

namespace Governance.Organizations;

partial class DivisionsService
{
    readonly DivisionImport _import = new();

    public override Task<ImportReport> ImportDivisions(IAsyncStreamReader<ImportDivisionsRequest> requests, ServerCallContext context)
    {
        Rules.DivisionProvince.Require(context.Caller().Level == Level.Province);
        return imports.Run(_import, requests, request => new(request.ImportId, request.DryRun, request.File), context);
    }

    public override Task GetImportErrors(
        GetImportErrorsRequest request, IServerStreamWriter<HttpBody> responses, ServerCallContext context) =>
        imports.WriteErrors(request.ImportId, request.Format, responses, context);
}
