using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ListsService
{
    public override Task<V1.DepartmentList> RegisterList(RegisterListRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var wanted = request.List.Clone();
            var fields = new Fields();
            var id = fields.Id("department_list_id", request.DepartmentListId);
            var kind = fields.Choice("list.kind", wanted.Kind);
            wanted.Department = fields.Text("list.department", wanted.Department, 100);
            var reference = fields.Date("list.reference_date", wanted.ReferenceDate);
            if (reference > transaction.Today)
                fields.Wrong("list.reference_date", "IN_THE_FUTURE", "名单的截止日期不能晚于今天。", "A list cannot be of a day in the future.");
            fields.Check();

            if (await transaction.FindList(id) is { } known)
                return ToContract(known).SameAs(wanted);
            var caller = transaction.Caller;
            var list = DepartmentList.Register(id, caller.Division, kind, wanted.Department, reference!.Value, caller.Subject, caller.Name,
                transaction.Today, policies.Get(MonitoringPolicies.ListKeepDays, caller.Division, transaction.Today));
            await transaction.Insert(list);
            transaction.Publish(list.Registered(), id.ToString(), list.Division, list.Version);
            return ToContract(await transaction.List(id));
        });
}
