using Google.Protobuf.WellKnownTypes;
using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Platform.Messaging;

/// <summary>Events that could not be taken in after every retry. They wait here, in sight, until somebody replays them.</summary>
public sealed class DeadLetters(Database database, Inbox inbox)
{
    internal async Task Take(Stream body, CancellationToken cancellation)
    {
        var letter = await CloudEvent.ReadAnything(body, cancellation);
        await database.TransactAsSystem("dead letter", transaction => transaction.Execute(
            """
            insert into dead_letters (event_id, topic, type, subject, division, event, received_time) values ($1, $2, $3, $4, $5, $6::json, $7)
            on conflict (event_id) do update set received_time = excluded.received_time, replayed_time = null
            """,
            letter.Id, letter.Topic, letter.Type, letter.Subject, letter.Division, letter.Json, transaction.Now), cancellation);
    }

    /// <summary>Lists the letters within the caller's division, in the order of their events' ids.</summary>
    public Task<ListDeadLettersResponse> List(ListDeadLettersRequest request, ServerCallContext context)
    {
        var page = Page.From(request.PageSize, request.PageToken);
        return database.Transact(context, async transaction =>
        {
            var letters = await transaction.Query(
                """
                select event_id, topic, type, subject, received_time, replayed_time from dead_letters
                where event_id > $1 order by event_id limit $2
                """,
                row => new DeadLetter
                {
                    EventId = row.GetString(0),
                    Topic = row.GetString(1),
                    Type = row.GetString(2),
                    Subject = row.GetString(3),
                    ReceivedTime = row.GetFieldValue<DateTimeOffset>(4).ToTimestamp(),
                    ReplayedTime = row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5).ToTimestamp(),
                },
                page.After, page.Limit);
            return new ListDeadLettersResponse { NextPageToken = page.Cut(letters, letter => letter.EventId), DeadLetters = { letters } };
        });
    }

    /// <summary>Tries a letter again. Whether it was taken in before or is now, it takes effect once.</summary>
    public async Task<ReplayDeadLetterResponse> Replay(ReplayDeadLetterRequest request, ServerCallContext context)
    {
        var json = await database.Transact(context, transaction => transaction.First(
            "select event::text from dead_letters where event_id = $1", row => row.GetString(0), request.EventId))
            ?? throw new NotFoundException("dead letter", request.EventId);
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        await inbox.Take(stream, context.CancellationToken);
        return await database.Transact(context, async transaction =>
        {
            await transaction.Execute("update dead_letters set replayed_time = $2 where event_id = $1", request.EventId, transaction.Now);
            return new ReplayDeadLetterResponse();
        });
    }
}
