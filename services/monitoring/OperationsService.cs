using Governance.Common.V1;
using Governance.Platform.Audit;
using Governance.Platform.Indicators;
using Governance.Platform.Messaging;
using Governance.Platform.Policies;
using Governance.Platform.Procedures;
using Grpc.Core;

namespace Governance.Monitoring;

/// <summary>What integrators and operators need; platform does the work.</summary>
sealed class OperationsService(Feed feed, DeadLetters deadLetters, ParkedEvents parked, AuditDesk audit) : V1.Operations.OperationsBase
{
    public override Task<ReadEventsResponse> ReadEvents(ReadEventsRequest request, ServerCallContext context) => feed.Read(request,
        context);

    public override Task<ListDeadLettersResponse> ListDeadLetters(ListDeadLettersRequest request,
        ServerCallContext context) => deadLetters.List(request, context);

    public override Task<ReplayDeadLetterResponse> ReplayDeadLetter(ReplayDeadLetterRequest request,
        ServerCallContext context) => deadLetters.Replay(request, context);

    public override Task<ListParkedEventsResponse> ListParkedEvents(ListParkedEventsRequest request, ServerCallContext context) =>
        parked.List(request, context);

    public override Task<ReplayParkedEventsResponse> ReplayParkedEvents(ReplayParkedEventsRequest request, ServerCallContext context) =>
        parked.Replay(request, context);

    public override Task<ListAuditEntriesResponse> ListAuditEntries(ListAuditEntriesRequest request,
        ServerCallContext context) => audit.List(request, context);

    public override Task<VerifyAuditResponse> VerifyAudit(VerifyAuditRequest request, ServerCallContext context) => audit.Verify(request,
        context);
}

/// <summary>Figures with their targets; platform does the work.</summary>
sealed class IndicatorsService(IndicatorDesk desk) : V1.Indicators.IndicatorsBase
{
    public override Task<ListIndicatorsResponse> ListIndicators(ListIndicatorsRequest request, ServerCallContext context) =>
        desk.List(request, context);

    public override Task<DrillIndicatorResponse> DrillIndicator(DrillIndicatorRequest request, ServerCallContext context) =>
        desk.Drill(request, context);
}

/// <summary>Who has to do what by when; platform does the work.</summary>
sealed class ProceduresService(ProcedureDesk desk) : V1.Procedures.ProceduresBase
{
    public override Task<ListTasksResponse> ListTasks(ListTasksRequest request, ServerCallContext context) => desk.ListTasks(request,
        context);

    public override Task<Procedure> GetProcedure(GetProcedureRequest request, ServerCallContext context) => desk.Get(request, context);

    public override Task<Procedure> Act(ActRequest request, ServerCallContext context) => desk.Act(request, context);

    public override Task<Procedure> Object(ObjectRequest request, ServerCallContext context) => desk.Object(request, context);

    public override Task<Procedure> DecideObjection(DecideObjectionRequest request,
        ServerCallContext context) => desk.DecideObjection(request, context);
}

/// <summary>Which numbers apply; platform does the work.</summary>
sealed class PoliciesService(PolicyDesk desk) : V1.Policies.PoliciesBase
{
    public override Task<ListPoliciesResponse> ListPolicies(ListPoliciesRequest request, ServerCallContext context) => desk.List(request, context);
}
