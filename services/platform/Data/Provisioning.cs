using Npgsql;

namespace Governance.Platform.Data;

/// <summary>
/// Makes a service's database on a server as an administrator would: an owner role that migrates, and a second role that serves,
/// owns nothing, and is therefore bound by row-level security.
/// </summary>
public static class Provisioning
{
    /// <summary>The two connection strings of a service: configuration keys <c>ConnectionStrings:Database</c> and <c>:Migrations</c>.</summary>
    public sealed record Connections(string Database, string Migrations);

    /// <summary>Creates what is missing; roles that exist get the given password, a database that exists is left as it is.</summary>
    /// <param name="administrator">Connection string of a role that may create roles and databases.</param>
    /// <param name="database">Name of the database.</param>
    /// <param name="role">The serving role; the owner is <c>&lt;role&gt;_owner</c>.</param>
    /// <param name="password">Password of both roles.</param>
    public static async Task<Connections> Create(string administrator, string database, string role, string password, CancellationToken cancellation = default)
    {
        var owner = $"{role}_owner";
        await using (var source = NpgsqlDataSource.Create(administrator))
        await using (var connection = await source.OpenConnectionAsync(cancellation))
        {
            // Two processes that provision at once would trip over each other's "create if absent".
            await Run(connection, "select pg_advisory_lock(hashtextextended('provisioning', 0))");
            foreach (var name in (string[])[owner, role])
            {
                var verb = await Exists(connection, "select exists (select from pg_roles where rolname = $1)", name) ? "alter" : "create";
                await Run(connection, $"{verb} role {Name(name)} login nosuperuser nobypassrls password {Literal(password)}");
            }
            if (!await Exists(connection, "select exists (select from pg_database where datname = $1)", database))
                await Run(connection, $"create database {Name(database)} owner {Name(owner)} encoding 'UTF8' template template0");
        }

        await using (var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(administrator) { Database = database }))
        await using (var connection = await source.OpenConnectionAsync(cancellation))
        {
            await Run(connection,
                $"""
                revoke all on database {Name(database)} from public;
                grant connect, temporary on database {Name(database)} to {Name(role)};
                grant usage on schema public to {Name(role)};
                grant all on schema public to {Name(owner)};
                alter default privileges for role {Name(owner)} in schema public grant select, insert, update, delete on tables to {Name(role)};
                alter default privileges for role {Name(owner)} in schema public grant usage on sequences to {Name(role)};
                """);
        }
        return new Connections(For(role), For(owner));

        string For(string user) => new NpgsqlConnectionStringBuilder(administrator) { Database = database, Username = user, Password = password }.ConnectionString;

        async Task Run(NpgsqlConnection connection, string sql)
        {
            // Data definition takes no parameters: names and the password are quoted below.
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }

        async Task<bool> Exists(NpgsqlConnection connection, string sql, string name)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.Add(new NpgsqlParameter { Value = name });
            return (bool)(await command.ExecuteScalarAsync(cancellation))!;
        }
    }

    static string Name(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
