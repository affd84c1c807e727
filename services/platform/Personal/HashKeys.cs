using Governance.Platform.Audit;
using Governance.Platform.Data;
using Governance.Platform.Identity;
using Npgsql;

namespace Governance.Platform.Personal;

/// <summary>
/// Keyed hashes meet only hashes of the same keys. So a database remembers which ones its own were made with: a service that has others
/// does not start, where it would find nobody and register everybody once more.
/// </summary>
static class HashKeys
{
    const int RowsAtATime = 10_000;

    /// <summary>Sees to it, as the role that serves, that the hashes in the database are of these keys. An empty database is given them.</summary>
    /// <exception cref="InvalidOperationException">They are of others.</exception>
    public static async Task Check(NpgsqlDataSource source, PersonalData personal, CancellationToken cancellation)
    {
        var fingerprint = personal.Fingerprint(personal.HashKeyCount);
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using (var remember = new NpgsqlCommand("insert into hash_key (fingerprint) values ($1) on conflict do nothing", connection))
        {
            remember.Parameters.Add(new() { Value = fingerprint });
            await remember.ExecuteNonQueryAsync(cancellation);
        }
        // Waits for a rotation to end.
        await using var ask = new NpgsqlCommand("select fingerprint from hash_key for share", connection);
        var known = (byte[])(await ask.ExecuteScalarAsync(cancellation))!;
        if (!known.AsSpan().SequenceEqual(fingerprint))
            throw new InvalidOperationException(
                "The hashes in this database were made with another PersonalData:HashKey. Configure that one; if a key was added to it, run this version with the argument \"rotate-hashes\" first.");
    }

    /// <summary>
    /// Brings every keyed hash up to the keys that were added, in one transaction: while some hashes are of one key and some of another, equal
    /// numbers would not meet. Answers with how many of each column there were.
    /// </summary>
    /// <exception cref="InvalidOperationException">The service is running, or the database's hashes are not of the first of these keys.</exception>
    public static async Task<IReadOnlyDictionary<string, long>> Rotate(Database database, PersonalData personal, CancellationToken cancellation)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellation);
        return await database.Transact(connection, Caller.System(database.Service), "rotate-hashes", async transaction =>
        {
            // Held to the end: a service that is started meanwhile waits in Check, and then finds its keys to be too few.
            var fingerprint = await transaction.First("select fingerprint from hash_key for update", row => row.GetFieldValue<byte[]>(0));
            var known = Enumerable.Range(1, personal.HashKeyCount).FirstOrDefault(keys => personal.Fingerprint(keys).AsSpan().SequenceEqual(fingerprint));
            if (known == 0)
                throw new InvalidOperationException("This database knows of no hash that the first of PersonalData:HashKey made. Write the key that the service has, a comma, and the new one.");
            var rehashed = new SortedDictionary<string, long>(StringComparer.Ordinal);
            if (known == personal.HashKeyCount)
                return rehashed;
            var others = await transaction.First(
                "select count(*) from pg_stat_activity where datname = current_database() and usename = current_user and pid <> pg_backend_pid()", row => row.GetInt64(0));
            if (others > 0)
                throw new InvalidOperationException($"The service is running: {others} of its connections are open. Stop all of its replicas first.");

            foreach (var column in await SecretColumn.Find(connection, "hash", cancellation))
                rehashed[column.Name] = await Rehash(connection, column, hash => personal.Rehash(hash, known), cancellation);
            await transaction.Execute("update hash_key set fingerprint = $1", personal.Fingerprint(personal.HashKeyCount));
            await AuditTrail.Record(transaction, "", [.. rehashed.Keys], $"hashed anew: {rehashed.Values.Sum()}");
            return rehashed;
        }, cancellation);
    }

    static async Task<long> Rehash(NpgsqlConnection connection, SecretColumn column, Func<byte[], byte[]> rehash, CancellationToken cancellation)
    {
        // A cursor shows the rows as they were when it was declared, so none comes by twice. The names come quoted from the catalogue.
        await Execute($"declare hashes no scroll cursor for select ctid::text, {column.Value} from {column.Table} where {column.Value} is not null");
        var done = 0L;
        for (var (places, fresh) = await Fetch(); places.Count > 0; (places, fresh) = await Fetch())
            done += await column.Replace(connection, places, fresh, cancellation);
        await Execute("close hashes");
        return done;

        async Task<(List<string> Places, List<byte[]> Fresh)> Fetch()
        {
            var (places, fresh) = (new List<string>(), new List<byte[]>());
            await using var command = new NpgsqlCommand($"fetch {RowsAtATime} from hashes", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                places.Add(reader.GetString(0));
                fresh.Add(rehash(reader.GetFieldValue<byte[]>(1)));
            }
            return (places, fresh);
        }

        async Task Execute(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}
