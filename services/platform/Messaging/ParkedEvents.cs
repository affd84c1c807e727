using Google.Protobuf.WellKnownTypes;
using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Platform.Messaging;

/// <summary>Events that the broker refused after every attempt. They wait here, in sight, until somebody has them sent again.</summary>
public sealed class ParkedEvents(Database database)
{
    /// <summary>Lists those within the caller's division, in the order of their ids.</summary>
    public Task<ListParkedEventsResponse> List(ListParkedEventsRequest request, ServerCallContext context)
    {
        var page = Page.From(request.PageSize, request.PageToken);
        return database.Transact(context, async transaction =>
        {
            var parked = await transaction.Query(
                """
                select id::text, type, subject, parked_time, attempts, error from outbox
                where parked_time is not null and id > $1 order by id limit $2
                """,
                row => new ParkedEvent
                {
                    EventId = row.GetString(0),
                    Type = row.GetString(1),
                    Subject = row.GetString(2),
                    ParkedTime = row.GetFieldValue<DateTimeOffset>(3).ToTimestamp(),
                    Attempts = row.GetInt32(4),
                    Error = row.GetString(5),
                },
                page.AfterId, page.Limit);
            return new ListParkedEventsResponse { NextPageToken = page.Cut(parked, parked => parked.EventId), ParkedEvents = { parked } };
        });
    }

    /// <summary>Hands them to the relay as if they were new, and wakes it.</summary>
    public Task<ReplayParkedEventsResponse> Replay(ReplayParkedEventsRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var ids = request.EventIds.Select((id, number) => fields.Id($"event_ids[{number}]", id)).ToList();
        fields.Check();
        return database.Transact(context, async transaction =>
        {
            var events = await transaction.Execute(
                """
                update outbox set parked_time = null, attempts = 0, next_attempt = null
                where parked_time is not null and (cardinality($1::uuid[]) = 0 or id = any($1))
                """,
                ids);
            await transaction.Execute("notify outbox");
            return new ReplayParkedEventsResponse { Events = events };
        });
    }
}
