using System.Diagnostics;
using System.Globalization;
using Governance.Support;
using Npgsql;

namespace Governance.Journeys.Tests;

/// <summary>
/// The whole suite as `./governance up --processes` runs it, beside any other on this machine: own ports, own data, one operating-system
/// process for each part, so that each can be killed.
/// </summary>
sealed class SuiteOnThisMachine : IAsyncDisposable
{
    // Gateway, identity, services (gRPC and HTTP), sidecars, subscriber.
    readonly int _offset = Ports.FreeOffset(8080, 8081, 8180, 5010, 5011, 5020, 5021, 5090, 3510, 3520, 3590);
    readonly string _run = Path.Combine(Path.GetTempPath(), $"governance-{Guid.NewGuid():N}");

    public Uri Gateway => new($"http://127.0.0.1:{8080 + _offset}");

    public Uri Identity => new($"http://127.0.0.1:{8180 + _offset}");

    public int SubscriberPort => 5090 + _offset;

    public static async Task<SuiteOnThisMachine> Start()
    {
        var suite = new SuiteOnThisMachine();
        var output = await suite.Script("up", "--processes", "--detach");
        if (!output.Contains($"ready: {suite.Gateway.ToString().TrimEnd('/')}", StringComparison.Ordinal))
            throw new InvalidOperationException($"The suite did not become ready:\n{output}");
        return suite;
    }

    /// <summary>A secret of this suite, as its parts know it.</summary>
    public string Secret(string name) =>
        File.ReadLines(Path.Combine(_run, "secrets.env")).First(line => line.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];

    /// <summary>Kills a part as the kernel does when memory runs out, and starts it again.</summary>
    public async Task KillAndRestart(string part)
    {
        using (var victim = Process.GetProcessById(await Pid(part)))
            victim.Kill();
        await Script("restart", part);
    }

    /// <summary>One figure from a part's database, as the administrator sees it.</summary>
    public async Task<T> Ask<T>(string part, string sql)
    {
        var server = await File.ReadAllTextAsync(Path.Combine(_run, "database"));
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server) { Database = $"{part}_{_offset}" });
        await using var command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Script("down", "--erase");
        Directory.Delete(_run, recursive: true);
    }

    async Task<int> Pid(string part)
    {
        if (part != "postgres")
            return int.Parse(await File.ReadAllTextAsync(Path.Combine(_run, "pids", $"{part}.pid")), CultureInfo.InvariantCulture);
        var server = await File.ReadAllTextAsync(Path.Combine(_run, "database"));
        await using var database = NpgsqlDataSource.Create(server);
        // The postmaster writes its process id into the first line of a file in its data directory.
        await using var command = database.CreateCommand("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int");
        return (int)(await command.ExecuteScalarAsync())!;
    }

    async Task<string> Script(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "governance"), arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GOVERNANCE_RUN"] = _run;
        start.Environment["GOVERNANCE_PORT_OFFSET"] = $"{_offset}";
        // Its own cluster: this one is going to be killed.
        start.Environment.Remove("GOVERNANCE_DB");
        using var script = Process.Start(start)!;
        var output = Task.WhenAll(script.StandardOutput.ReadToEndAsync(), script.StandardError.ReadToEndAsync());
        await script.WaitForExitAsync();
        // What the script started lives on with its output closed to us: what matters is what the script itself said.
        var said = string.Concat(await output);
        return script.ExitCode == 0 ? said : throw new InvalidOperationException($"governance {string.Join(' ', arguments)} failed:\n{said}");
    }
}
