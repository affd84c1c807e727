using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ListsService
{
    public override Task<V1.DepartmentList> GetList(GetListRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("department_list_id", request.DepartmentListId);
            return ToContract(await transaction.List(id));
        });
}
