using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Governance.Platform.Data;

/// <summary>
/// Brings a database up to date: platform's scripts, then the service's, each once, in the order of their names, in one
/// transaction each. Replicas that start together wait for each other. A script that was applied must not change.
/// </summary>
static class Migrations
{
    const string Prefix = "migrations/";

    /// <summary>Applies what is missing, as the owner of the database.</summary>
    /// <exception cref="InvalidOperationException">A script differs from what was applied under its name.</exception>
    public static async Task Apply(string connectionString, Assembly service, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await Run(connection, "select pg_advisory_lock(hashtextextended('migrations', 0))", cancellation);
        await Run(connection, "create table if not exists migrations (name text primary key, hash text not null, applied_time timestamptz not null default now())", cancellation);

        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand("select name, hash from migrations", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
                applied[reader.GetString(0)] = reader.GetString(1);
        }

        foreach (var (name, sql) in Scripts(typeof(Migrations).Assembly, "platform").Concat(Scripts(service, "service")))
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
            if (applied.TryGetValue(name, out var known))
            {
                if (known != hash)
                    throw new InvalidOperationException($"Migration {name} was applied with another content. Migrations only go forward: restore it and add a new one.");
                continue;
            }
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await Run(connection, sql, cancellation);
            await Run(connection, "insert into migrations (name, hash) values ($1, $2)", cancellation, name, hash);
            await transaction.CommitAsync(cancellation);
        }
    }

    static IEnumerable<(string Name, string Sql)> Scripts(Assembly assembly, string owner) =>
        assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(resource =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                return ($"{owner}/{resource[Prefix.Length..]}", reader.ReadToEnd());
            });

    static async Task Run(NpgsqlConnection connection, string sql, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
