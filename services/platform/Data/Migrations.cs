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

    /// <summary>Applies what is missing, as the owner of the database, and answers with the names of what it applied.</summary>
    /// <exception cref="InvalidOperationException">A script differs from what was applied under its name.</exception>
    public static async Task<IReadOnlyList<string>> Apply(string connectionString, Assembly service, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await Run(connection, "select pg_advisory_lock(hashtextextended('migrations', 0))", cancellation);
        await Run(connection, "create table if not exists migrations (name text primary key, hash text not null, applied_time timestamptz not null default now())", cancellation);

        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        var fresh = new List<string>();
        await using (var command = new NpgsqlCommand("select name, hash from migrations", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
                applied[reader.GetString(0)] = reader.GetString(1);
        }

        foreach (var (name, sql) in Scripts(service))
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
            fresh.Add(name);
        }
        return fresh;
    }

    /// <summary>Sees to it, as any role, that every script has been applied. A database that is ahead is fine: it is being rolled back to.</summary>
    /// <exception cref="InvalidOperationException">Something is missing.</exception>
    public static async Task Check(NpgsqlDataSource source, Assembly service, CancellationToken cancellation)
    {
        var applied = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await using var command = source.CreateCommand("select name from migrations");
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                applied.Add(reader.GetString(0));
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // An empty database: everything is missing.
        }
        var missing = Scripts(service).Select(script => script.Name).FirstOrDefault(name => !applied.Contains(name));
        if (missing is not null)
            throw new InvalidOperationException($"The database lacks migration {missing}. Run this version with the argument \"migrate\" and ConnectionStrings:Migrations first.");
    }

    static IEnumerable<(string Name, string Sql)> Scripts(Assembly service) =>
        Scripts(typeof(Migrations).Assembly, "platform").Concat(Scripts(service, "service"));

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
