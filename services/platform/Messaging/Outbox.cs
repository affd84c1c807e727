using Google.Protobuf;
using Governance.Platform.Data;

namespace Governance.Platform.Messaging;

/// <summary>An event of a transaction that is not over yet.</summary>
sealed record OutboxRow(string Type, string Subject, string Division, long Version, string Data)
{
    static readonly JsonFormatter _formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(false));

    public OutboxRow(IMessage message, string subject, string division, long version)
        : this(message.Descriptor.FullName, subject, division, version, _formatter.Format(message))
    {
    }
}

static class Outbox
{
    /// <summary>Writes the events of one transaction in one statement, in their order.</summary>
    public static Task<int> Write(Transaction transaction, List<OutboxRow> rows) =>
        transaction.Execute(
            """
            insert into outbox (type, subject, division, version, data)
            select type, subject, division, version, data::json
            from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[]) with ordinality as row (type, subject, division, version, data, number)
            order by number
            """,
            rows.ConvertAll(row => row.Type), rows.ConvertAll(row => row.Subject), rows.ConvertAll(row => row.Division),
            rows.ConvertAll(row => row.Version), rows.ConvertAll(row => row.Data));
}
