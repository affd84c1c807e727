using Governance.Platform.Audit;
using Governance.Platform.Data;
using Npgsql;

namespace Governance.Platform.Personal;

/// <summary>
/// Seals with the current key what a retired one sealed, so that the retired one can go. A table is walked by its blocks, a short
/// transaction each, so that a service that has both keys goes on serving; what is done is done, and a second run finds only the rest.
/// </summary>
static class KeyRotation
{
    const int BlocksAtATime = 200;

    /// <summary>Answers with how many values of each column were sealed anew.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> Run(Database database, PersonalData personal, CancellationToken cancellation)
    {
        var resealed = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await using var connection = await database.Source.OpenConnectionAsync(cancellation);
        await Execute(connection, "select enter_scope('', false)", cancellation);
        var columns = await SecretColumn.Find(connection, "sealed", cancellation);
        // A row that somebody changes meanwhile moves behind the walker's back, or leaves a copy in a history: walk until there is nothing left to do.
        for (var found = 1L; found > 0;)
        {
            found = 0;
            foreach (var column in columns)
            {
                var values = await Walk(connection, column, personal, cancellation);
                resealed[column.Name] = resealed.GetValueOrDefault(column.Name) + values;
                found += values;
            }
        }
        await database.TransactAsSystem("rotate-keys", transaction =>
            AuditTrail.Record(transaction, "", [.. resealed.Keys], $"sealed anew: {resealed.Values.Sum()}"), cancellation);
        return resealed;
    }

    static async Task<long> Walk(NpgsqlConnection connection, SecretColumn column, PersonalData personal, CancellationToken cancellation)
    {
        var done = 0L;
        for (var block = 0L; block < await Blocks(connection, column.Table, cancellation); block += BlocksAtATime)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            var (places, texts) = (new List<string>(), new List<byte[]>());
            // The names come quoted from the catalogue.
            await using (var command = new NpgsqlCommand(
                $"""
                select ctid::text, {column.Value} from {column.Table}
                where ctid >= ('(' || $1 || ',0)')::tid and ctid < ('(' || $2 || ',0)')::tid and get_byte({column.Value}, 0) <> $3 for update
                """, connection))
            {
                Add(command, block, block + BlocksAtATime, (int)personal.CurrentKey);
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                while (await reader.ReadAsync(cancellation))
                {
                    places.Add(reader.GetString(0));
                    texts.Add(personal.Seal(personal.Reveal(reader.GetFieldValue<byte[]>(1))));
                }
            }
            if (places.Count > 0)
                done += await column.Replace(connection, places, texts, cancellation);
            await transaction.CommitAsync(cancellation);
        }
        return done;
    }

    static async Task<long> Blocks(NpgsqlConnection connection, string table, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select pg_relation_size($1::regclass) / current_setting('block_size')::bigint", connection);
        Add(command, table);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    static void Add(NpgsqlCommand command, params object[] parameters)
    {
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
    }
}
