using Governance.Common.V1;
using Governance.Platform.Procedures;
using Grpc.Core;

namespace Governance.Monitoring;

/// <summary>The running procedures of monitoring; platform does the work.</summary>
sealed class ProceduresService(ProcedureDesk desk) : V1.Procedures.ProceduresBase
{
    public override Task<ListTasksResponse> ListTasks(ListTasksRequest request, ServerCallContext context) => desk.ListTasks(request, context);

    public override Task<Procedure> GetProcedure(GetProcedureRequest request, ServerCallContext context) => desk.Get(request, context);

    public override Task<Procedure> Act(ActRequest request, ServerCallContext context) => desk.Act(request, context);

    public override Task<Procedure> Object(ObjectRequest request, ServerCallContext context) => desk.Object(request, context);

    public override Task<Procedure> DecideObjection(DecideObjectionRequest request, ServerCallContext context) => desk.DecideObjection(request, context);
}
