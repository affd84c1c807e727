using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Governance.Platform.Data;
using NpgsqlTypes;

namespace Governance.Platform.Messaging;

/// <summary>An event on its way out: the finished CloudEvent and the columns that it is ordered, scoped and found by.</summary>
sealed record OutboxRow(Guid Id, string Type, string Subject, string Division, string CloudEvent)
{
    static readonly JsonFormatter _formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(false));

    public static OutboxRow From(Transaction transaction, IMessage message, string subject, string division, long sequence)
    {
        var id = Guid.CreateVersion7(transaction.Now);
        var type = message.Descriptor.FullName;
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", id);
            json.WriteString("type", type);
            json.WriteString("source", $"/governance/{transaction.Service}");
            json.WriteString("subject", subject);
            json.WriteString("time", transaction.Now);
            json.WriteString("datacontenttype", "application/json");
            json.WriteString("division", division);
            json.WriteString("sequence", sequence.ToString(CultureInfo.InvariantCulture));
            json.WriteString("partitionkey", subject);
            // The trace goes on at the subscriber, however much later that is.
            // Dapr leaves the trace alone when it finds its own name for it too.
            if (Activity.Current?.Id is { } traceparent)
            {
                json.WriteString("traceparent", traceparent);
                json.WriteString("traceid", traceparent);
            }
            json.WritePropertyName("data");
            json.WriteRawValue(_formatter.Format(message));
            json.WriteEndObject();
        }
        return new OutboxRow(id, type, subject, division, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}

static class Outbox
{
    /// <summary>Writes the events of one transaction in one statement, in their order, and wakes the relay at commit.</summary>
    public static Task<int> Write(Transaction transaction, List<OutboxRow> rows) =>
        transaction.Execute(
            """
            with written as (
                insert into outbox (id, type, subject, division, event, created_time)
                select id, type, subject, division, event::json, $6
                from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) with ordinality as row (id, type, subject, division, event, number)
                order by number)
            select pg_notify('outbox', '')
            """,
            rows.ConvertAll(row => row.Id), rows.ConvertAll(row => row.Type), rows.ConvertAll(row => row.Subject),
            rows.ConvertAll(row => row.Division), rows.ConvertAll(row => row.CloudEvent), transaction.Now);
}
