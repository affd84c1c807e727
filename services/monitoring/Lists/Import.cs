using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ListsService
{
    public override Task<ImportReport> ImportList(IAsyncStreamReader<ImportListRequest> requests, ServerCallContext context)
    {
        var import = new ListImport(personal, policies);
        return imports.Run(import, requests, request =>
        {
            import.ListId ??= Fields.ParseId("department_list_id", request.DepartmentListId);
            return new(request.ImportId, request.DryRun, request.File);
        }, context);
    }
}
