using Governance.Platform.Data;
using Npgsql;

namespace Governance.Support;

/// <summary>
/// A database of its own for one test class, on the server that <c>GOVERNANCE_DB</c> names; made as an administrator makes one, and
/// dropped at the end.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    readonly string _name;

    TestDatabase(string name, Provisioning.Connections connections)
    {
        _name = name;
        Connections = connections;
        Administrator = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Server) { Database = name });
    }

    /// <summary>The serving role's and the owner's connection strings.</summary>
    public Provisioning.Connections Connections { get; }

    /// <summary>Sees everything, row-level security or not: for what a test must look at from outside.</summary>
    public NpgsqlDataSource Administrator { get; }

    /// <summary>The server under test, as a superuser.</summary>
    public static string Server => Environment.GetEnvironmentVariable("GOVERNANCE_DB")
        ?? throw new InvalidOperationException("GOVERNANCE_DB is not set. Run the tests with ./governance test, which starts a PostgreSQL server, or name one, e.g. \"Host=127.0.0.1;Username=postgres\".");

    public static async Task<TestDatabase> Create(string service)
    {
        var name = $"test_{service}_{Guid.NewGuid():N}"[..40];
        return new TestDatabase(name, await Provisioning.Create(Server, name, $"test_{service}", "test"));
    }

    /// <summary>A copy as it is now. Nobody else may be connected to the original.</summary>
    public async Task<TestDatabase> Copy()
    {
        var name = $"test_copy_{Guid.NewGuid():N}"[..40];
        await using (var source = NpgsqlDataSource.Create(Server))
        {
            Administrator.Clear();
            // Copying the files goes faster than writing every page to the log.
            await using var create = source.CreateCommand($"create database \"{name}\" template \"{_name}\" strategy file_copy");
            create.CommandTimeout = 600;
            await create.ExecuteNonQueryAsync();
        }
        return new TestDatabase(name, new Provisioning.Connections(Renamed(Connections.Database), Renamed(Connections.Migrations)));

        string Renamed(string connection) => new NpgsqlConnectionStringBuilder(connection) { Database = name }.ConnectionString;
    }

    /// <summary>The first column of every row of <paramref name="sql"/>, as the administrator sees it.</summary>
    public async Task<List<T>> Query<T>(string sql)
    {
        await using var command = Administrator.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<T>();
        while (await reader.ReadAsync())
            values.Add(await reader.GetFieldValueAsync<T>(0));
        return values;
    }

    public async Task Execute(string sql)
    {
        await using var command = Administrator.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Lets the connection that changes such a row of a table be lost, as with a server that goes down. The trigger is called <c>die</c>.</summary>
    public Task DieAt(string table, string condition) => Execute(
        $"""
        create function die() returns trigger language plpgsql security definer as 'begin perform pg_terminate_backend(pg_backend_pid()); return new; end';
        create trigger die before update on {table} for each row when ({condition}) execute function die()
        """);

    public async ValueTask DisposeAsync()
    {
        await Administrator.DisposeAsync();
        await using var server = NpgsqlDataSource.Create(Server);
        await using var drop = server.CreateCommand($"drop database if exists \"{_name}\" with (force)");
        await drop.ExecuteNonQueryAsync();
    }
}
