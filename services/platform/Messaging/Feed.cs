using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Platform.Messaging;

/// <summary>
/// The service's events for readers without a broker: replayable by cursor, within the reader's scope. Order is that of commit: only
/// transactions older than every running one are handed out, so a cursor never skips one that commits late.
/// </summary>
public sealed class Feed(Database database)
{
    public Task<ReadEventsResponse> Read(ReadEventsRequest request, ServerCallContext context)
    {
        if (request.Limit is < 0 or > 1000)
            throw new InvalidException("limit", "OUT_OF_RANGE", "limit 必须在 1 与 1000 之间。", "\"limit\" must lie between 1 and 1000.");
        var (transactionId, sequence) = ParseCursor(request.After);
        return database.Transact(context, async transaction =>
        {
            var rows = await transaction.Query(
                """
                select transaction_id::text, sequence, cloud_event(outbox, $5) from outbox
                where (transaction_id, sequence) > ($1::xid8, $2)
                  and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
                  and (cardinality($3::text[]) = 0 or type = any($3))
                order by outbox.transaction_id, sequence limit $4
                """,
                row => (Cursor: $"{row.GetString(0)}-{row.GetInt64(1)}", Event: Parse(row.GetString(2))),
                transactionId, sequence, request.Types_.ToArray(), request.Limit == 0 ? 100 : request.Limit, database.Service);
            return new ReadEventsResponse { Events = { rows.Select(row => row.Event) }, NextCursor = rows.Count == 0 ? request.After : rows[^1].Cursor };
        });
    }

    static (string TransactionId, long Sequence) ParseCursor(string cursor)
    {
        if (cursor.Length == 0)
            return ("0", 0);
        var parts = cursor.Split('-');
        return parts.Length == 2 && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? (parts[0], sequence)
            : throw new InvalidException("after", "NOT_A_CURSOR", "after 必须是上一次返回的 next_cursor。", "\"after\" must be the next_cursor of an earlier answer.");
    }

    static Event Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var received = new CloudEvent(document.RootElement);
        return new Event
        {
            Id = received.Id,
            Type = received.Type,
            Source = document.RootElement.GetProperty("source").GetString(),
            Subject = received.Subject,
            Division = received.Division,
            Sequence = received.Sequence,
            Time = received.Time.ToTimestamp(),
            Data = Struct.Parser.ParseJson(document.RootElement.GetProperty("data").GetRawText()),
        };
    }
}
