using Governance.Common.V1;
using Governance.Platform.Messaging;
using Grpc.Core;

namespace Governance.Monitoring;

/// <summary>What integrators and operators need; platform does the work.</summary>
sealed class OperationsService(Feed feed, DeadLetters deadLetters) : V1.Operations.OperationsBase
{
    public override Task<ReadEventsResponse> ReadEvents(ReadEventsRequest request, ServerCallContext context) => feed.Read(request, context);

    public override Task<ListDeadLettersResponse> ListDeadLetters(ListDeadLettersRequest request, ServerCallContext context) => deadLetters.List(request, context);

    public override Task<ReplayDeadLetterResponse> ReplayDeadLetter(ReplayDeadLetterRequest request, ServerCallContext context) => deadLetters.Replay(request, context);
}
