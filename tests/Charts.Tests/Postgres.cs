using Npgsql;
using Xunit;

namespace Governance.Charts.Tests;

/// <summary>A PostgreSQL server as the operator's tools see it: the tests' own one, or a fresh one beside it.</summary>
sealed class Postgres : IAsyncDisposable
{
    static readonly string s_programs = Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin";

    readonly string? _folder;

    Postgres(NpgsqlConnectionStringBuilder administrator, string? folder = null) => (Administrator, _folder) = (administrator, folder);

    public NpgsqlConnectionStringBuilder Administrator { get; }

    public static Postgres Tests() => new(new NpgsqlConnectionStringBuilder(Support.TestDatabase.Server));

    /// <summary>
    /// Makes a cluster of its own, whose transaction ids begin at the beginning; with a certificate for <c>localhost</c> and its key, when they
    /// are given, it speaks TLS.
    /// </summary>
    public static async Task<Postgres> Fresh(string? certificate = null, string? key = null)
    {
        var folder = (await AsPostgres("mktemp", "--directory")).Trim();
        await AsPostgres($"{s_programs}/initdb", "--pgdata", folder, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync");
        var server = new Postgres(new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Support.Ports.Free(), Username = "postgres", Database = "postgres" }, folder);
        if (certificate is not null)
            await AsPostgres("bash", "-c", $"umask 077; echo '{certificate}' >{folder}/server.crt; echo '{key}' >{folder}/server.key; echo 'ssl = on' >>{folder}/postgresql.conf");
        await server.Start();
        return server;
    }

    public Task Start() => AsPostgres($"{s_programs}/pg_ctl", "start", "--silent", "--wait", "-D", _folder!, "-l", $"{_folder}/log",
        "-o", $"-p {Administrator.Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off");

    public Task Stop()
    {
        NpgsqlConnection.ClearAllPools();
        return AsPostgres($"{s_programs}/pg_ctl", "stop", "--silent", "--mode", "fast", "-D", _folder!);
    }

    /// <summary>As an operator would with the server stopped.</summary>
    public Task ResetWal(string argument) => AsPostgres($"{s_programs}/pg_resetwal", argument, _folder!);

    /// <summary>Runs a client program against this server.</summary>
    public Task<(int Code, string Output)> Run(string program, params string[] arguments) => Shell.Run("env", Rendered.Root, "",
    [
        $"PGHOST={Administrator.Host}", $"PGPORT={Administrator.Port}", $"PGUSER={Administrator.Username}", $"PGPASSWORD={Administrator.Password}",
        "OWNER_PASSWORD=owner's", "SERVING_PASSWORD=serving's", program, .. arguments,
    ]);

    /// <summary>Runs a client program that must succeed; answers with its output.</summary>
    public async Task<string> Do(string program, params string[] arguments)
    {
        var (code, output) = await Run(program, arguments);
        Assert.True(code == 0, output);
        return output;
    }

    public async Task<string> Query(string database, string sql) =>
        (await Do("psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", "--dbname", database, "--command", sql)).Trim();

    public string For(string database, string role, string password) =>
        new NpgsqlConnectionStringBuilder(Administrator.ConnectionString) { Database = database, Username = role, Password = password }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (_folder is null)
            return;
        await Stop();
        await AsPostgres("rm", "-rf", _folder);
    }

    // The server refuses to run as root.
    static async Task<string> AsPostgres(params string[] command)
    {
        string[] asOther = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", .. command] : command;
        var (code, output) = await Shell.Run(asOther[0], "/tmp", "", asOther[1..]);
        Assert.True(code == 0, output);
        return output;
    }
}
