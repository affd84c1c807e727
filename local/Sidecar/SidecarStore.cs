using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Governance.Local.Sidecar;

/// <summary>Messages, and how far each subscriber has come.</summary>
sealed class SidecarStore(NpgsqlDataSource database)
{
    public async Task Migrate(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            create table if not exists message (
                topic         text        not null,
                position      bigint      not null generated always as identity,
                partition_key text,
                metadata      jsonb       not null,
                body          bytea       not null,
                publish_time  timestamptz not null default clock_timestamp(),
                primary key (topic, position)
            );
            -- Everything of the topic up to and including `position` has been taken in or put aside by the subscriber.
            create table if not exists subscription (
                subscriber text   not null,
                topic      text   not null,
                position   bigint not null default 0,
                primary key (subscriber, topic)
            ) with (fillfactor = 50);
            """);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// The one connection that may append, held until it is closed or breaks. A position is visible only after all lower ones,
    /// because nobody else can be in the middle of appending; so a reader that goes by position misses nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another sidecar has it.</exception>
    public async Task<NpgsqlConnection> OpenAppender(CancellationToken ct)
    {
        var connection = await database.OpenConnectionAsync(ct);
        try
        {
            // A predecessor that was killed lets go as soon as the server notices; that is worth a moment's patience.
            await using var command = new NpgsqlCommand("select pg_advisory_lock(hashtext('sidecar'))", connection);
            command.CommandTimeout = 10;
            await command.ExecuteNonQueryAsync(ct);
            return connection;
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync();
            throw exception is NpgsqlException { InnerException: TimeoutException }
                ? new InvalidOperationException(
                    $"Another sidecar holds the database '{connection.Database}'. Stop it, or give this one its own database.", exception)
                : exception;
        }
    }

    /// <summary>Stores messages in the order given; they are safe when this returns.</summary>
    public static async Task Append(NpgsqlConnection appender, IReadOnlyList<NewMessage> messages, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into message (topic, partition_key, metadata, body)
            select topic, partition_key, metadata, body
            from unnest($1, $2, $3, $4) with ordinality as m (topic, partition_key, metadata, body, ordinality)
            order by ordinality
            """,
            appender);
        command.Parameters.Add(new() { Value = messages.Select(message => message.Topic).ToArray() });
        command.Parameters.Add(new()
        {
            Value = messages.Select(message => message.PartitionKey).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        });
        command.Parameters.Add(new()
        {
            Value = messages.Select(message => JsonSerializer.Serialize(message.Metadata)).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
        });
        command.Parameters.Add(new() { Value = messages.Select(message => message.Body).ToArray() });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The next messages of a topic, at most <paramref name="limit"/>.</summary>
    public async Task<List<Message>> Read(string topic, long after, int limit, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            select position, partition_key, metadata, body, publish_time
            from message where topic = $1 and position > $2 order by position limit $3
            """);
        command.Parameters.Add(new() { Value = topic });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<Message> messages = [];
        while (await reader.ReadAsync(ct))
        {
            messages.Add(new Message(
                reader.GetInt64(0), topic, reader.IsDBNull(1) ? null : reader.GetString(1),
                new Dictionary<string, string>(
                    JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(2))!, StringComparer.OrdinalIgnoreCase),
                reader.GetFieldValue<byte[]>(3), reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return messages;
    }

    /// <summary>Remembers a subscription from now on. Returns how far it has come; a new one begins with the oldest message kept.</summary>
    public async Task<long> Subscribe(string subscriber, string topic, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            insert into subscription (subscriber, topic) values ($1, $2)
            on conflict (subscriber, topic) do update set position = subscription.position
            returning position
            """);
        command.Parameters.Add(new() { Value = subscriber });
        command.Parameters.Add(new() { Value = topic });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Forgets every subscription of the subscriber except those to <paramref name="topics"/>.</summary>
    public async Task Unsubscribe(string subscriber, string[] topics, CancellationToken ct)
    {
        await using var command = database.CreateCommand("delete from subscription where subscriber = $1 and topic <> all ($2)");
        command.Parameters.Add(new() { Value = subscriber });
        command.Parameters.Add(new() { Value = topics });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Saves how far subscribers have come.</summary>
    public async Task SavePositions(IReadOnlyCollection<(string Subscriber, string Topic, long Position)> positions, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            update subscription s set position = p.position
            from unnest($1, $2, $3) as p (subscriber, topic, position)
            where s.subscriber = p.subscriber and s.topic = p.topic and s.position < p.position
            """);
        command.Parameters.Add(new() { Value = positions.Select(position => position.Subscriber).ToArray() });
        command.Parameters.Add(new() { Value = positions.Select(position => position.Topic).ToArray() });
        command.Parameters.Add(new() { Value = positions.Select(position => position.Position).ToArray() });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Deletes messages older than <paramref name="before"/> that no known subscriber is still waiting for.</summary>
    public async Task<int> Prune(DateTimeOffset before, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            delete from message m
            where publish_time < $1
              and not exists (select from subscription s where s.topic = m.topic and s.position < m.position)
            """);
        command.Parameters.Add(new() { Value = before.ToUniversalTime() });
        return await command.ExecuteNonQueryAsync(ct);
    }
}
