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
        foreach (var (table, column) in await SealedColumns(connection, cancellation))
        {
            // A row that somebody changes meanwhile moves behind the walker's back: walk until there is nothing left to do.
            for (var (total, found) = (0L, 1L); found > 0; total += found)
            {
                found = await Walk(connection, table, column, personal, cancellation);
                resealed[$"{table}.{column}"] = total + found;
            }
        }
        await database.TransactAsSystem("rotate-keys", transaction =>
            AuditTrail.Record(transaction, "", [.. resealed.Keys], $"sealed anew: {resealed.Values.Sum()}"), cancellation);
        return resealed;
    }

    // What is sealed is called so: "sealed" or "<what>_sealed". The one exception is older than the convention.
    static async Task<List<(string Table, string Column)>> SealedColumns(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select quote_ident(relname), quote_ident(attname) from pg_attribute join pg_class on pg_class.oid = attrelid
            where relnamespace = 'public'::regnamespace and relkind = 'r' and not attisdropped and atttypid = 'bytea'::regtype
              and (attname ~ '(^|_)sealed$' or (relname, attname) = ('import_rejects', 'row'))
            order by 1, 2
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var columns = new List<(string, string)>();
        while (await reader.ReadAsync(cancellation))
            columns.Add((reader.GetString(0), reader.GetString(1)));
        return columns;
    }

    static async Task<long> Walk(NpgsqlConnection connection, string table, string column, PersonalData personal, CancellationToken cancellation)
    {
        var done = 0L;
        for (var block = 0L; block < await Blocks(connection, table, cancellation); block += BlocksAtATime)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            var (places, texts) = (new List<string>(), new List<byte[]>());
            // The names come quoted from the catalogue.
            await using (var command = new NpgsqlCommand(
                $"""
                select ctid::text, {column} from {table}
                where ctid >= ('(' || $1 || ',0)')::tid and ctid < ('(' || $2 || ',0)')::tid and get_byte({column}, 0) <> $3 for update
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
            {
                await using var command = new NpgsqlCommand(
                    $"update {table} set {column} = sealed from unnest($1::tid[], $2::bytea[]) as row (place, sealed) where {table}.ctid = place", connection);
                Add(command, places, texts);
                done += await command.ExecuteNonQueryAsync(cancellation);
            }
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
