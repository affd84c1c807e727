using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Platform.Data;
using Governance.Support;
using Npgsql;

namespace Governance.Charts.Tests;

/// <summary>What a cluster gives its pods beside their manifests: the values of Secrets, the port of a sidecar, and a folder of certificates.</summary>
sealed record Cluster(IReadOnlyDictionary<string, string> Secrets, int SidecarPort)
{
    public string? Authorities { get; init; }

    /// <summary>The Secrets that the guide has an administrator make for a service.</summary>
    public static Cluster For(string service, Provisioning.Connections connections, int sidecarPort = 9, string replica = "") => new(
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [$"{service}-database/connectionString"] = new NpgsqlConnectionStringBuilder(connections.Database) { ApplicationName = replica }.ConnectionString,
            [$"{service}-migrations/connectionString"] = connections.Migrations,
            [$"{service}-keys/encryptionKey"] = Key("encryption"),
            [$"{service}-keys/hashKey"] = Key("hash"),
            ["governance-app-token/token"] = "test",
            ["governance-api-token/token"] = "test",
        },
        sidecarPort);

    static string Key(string seed) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));
}

/// <summary>
/// A service's own program as an operating-system process with the arguments and the environment that its Deployment gives the
/// container, and no other. Only its ports and the folder of its policies differ: a pod has those to itself.
/// </summary>
sealed class Pod : IAsyncDisposable
{
    readonly Process _process;
    readonly string _policies;
    readonly Task<string> _log;

    Pod(Process process, string policies, int grpcPort, int httpPort)
    {
        (_process, _policies) = (process, policies);
        _log = process.StandardOutput.ReadToEndAsync();
        (GrpcAddress, HttpAddress) = ($"http://127.0.0.1:{grpcPort}", new Uri($"http://127.0.0.1:{httpPort}"));
    }

    public string GrpcAddress { get; }

    public Uri HttpAddress { get; }

    /// <summary>Runs the init containers to their end, then the program until it is ready.</summary>
    public static async Task<Pod> Start(IReadOnlyList<JsonNode> objects, string service, Cluster cluster)
    {
        var spec = objects.Get($"Deployment/{service}")["spec"]!["template"]!["spec"]!;
        foreach (var container in spec["initContainers"].Items())
        {
            var arguments = container["args"].Items().Select(argument => (string)argument!);
            using var init = Process.Start(Info(service, arguments, Environment(container, cluster)))!;
            var output = await init.StandardOutput.ReadToEndAsync();
            await init.WaitForExitAsync();
            if (init.ExitCode != 0)
                throw new InvalidOperationException(output + await init.StandardError.ReadToEndAsync());
        }

        var (grpc, http) = (Ports.Free(), Ports.Free());
        var program = spec["containers"]![0]!;
        var environment = Environment(program, cluster);
        environment["Grpc__Port"] = $"{grpc}";
        environment["Http__Port"] = $"{http}";
        var policies = environment["Policies__Path"] = Mount(objects, spec, program, environment["Policies__Path"]);
        // What Dapr's injector adds.
        environment["DAPR_HTTP_PORT"] = $"{cluster.SidecarPort}";
        var pod = new Pod(Process.Start(Info(service, program["args"].Items().Select(argument => (string)argument!), environment))!, policies, grpc, http);
        await pod.BeReady((string)program["readinessProbe"]!["httpGet"]!["path"]!);
        return pod;
    }

    /// <summary>Ends it as a node that loses power would.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_policies, recursive: true);
    }

    /// <summary>The file that <c>dotnet</c> runs.</summary>
    public static string Program(string service)
    {
        var project = string.Concat(char.ToUpperInvariant(service[0]), service[1..]);
        return Path.Combine(Rendered.Root, "artifacts", "bin", project, "release", $"Governance.{project}.dll");
    }

    static ProcessStartInfo Info(string service, IEnumerable<string> arguments, Dictionary<string, string> environment)
    {
        var info = new ProcessStartInfo("dotnet", [Program(service), .. arguments])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(),
        };
        // Nothing of this machine but what dotnet itself needs.
        foreach (var name in info.Environment.Keys.Except(["PATH", "HOME", "DOTNET_ROOT"]).ToArray())
            info.Environment.Remove(name);
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        return info;
    }

    static Dictionary<string, string> Environment(JsonNode container, Cluster cluster)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in container["env"].Items())
        {
            var secret = variable["valueFrom"]?["secretKeyRef"];
            var value = secret is null ? (string?)variable["value"] : cluster.Secrets.GetValueOrDefault($"{secret["name"]}/{secret["key"]}");
            if (value is null && (bool?)secret?["optional"] != true)
                throw new InvalidOperationException($"The chart wants the Secret {secret?["name"]} with the key {secret?["key"]}.");
            if (value is not null)
                environment[(string)variable["name"]!] = value;
        }
        if (cluster.Authorities is { } folder)
            environment["SSL_CERT_DIR"] = environment["SSL_CERT_DIR"].Replace(MountedAt(container, "authorities"), folder, StringComparison.Ordinal);
        return environment;
    }

    static string MountedAt(JsonNode container, string volume) =>
        (string)container["volumeMounts"].Items().Single(mount => (string?)mount["name"] == volume)["mountPath"]!;

    /// <summary>Writes the ConfigMap that is mounted at <paramref name="path"/> into a folder.</summary>
    static string Mount(IReadOnlyList<JsonNode> objects, JsonNode spec, JsonNode container, string path)
    {
        var mount = container["volumeMounts"].Items().Single(mount => (string?)mount["mountPath"] == path);
        var volume = spec["volumes"].Items().Single(volume => (string?)volume["name"] == (string?)mount["name"]);
        var folder = Directory.CreateTempSubdirectory("policies").FullName;
        foreach (var (file, content) in objects.Get($"ConfigMap/{volume["configMap"]!["name"]}")["data"]!.AsObject())
            File.WriteAllText(Path.Combine(folder, file), (string)content!);
        return folder;
    }

    async Task BeReady(string path)
    {
        using var http = new HttpClient { BaseAddress = HttpAddress, Timeout = TimeSpan.FromSeconds(10) };
        for (var started = Stopwatch.StartNew(); started.Elapsed < TimeSpan.FromSeconds(60) && !_process.HasExited;)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It is not listening yet; a probe asks again, too.
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
        _process.Kill();
        var errors = await _process.StandardError.ReadToEndAsync();
        await DisposeAsync();
        throw new InvalidOperationException($"It did not become ready. {await _log}{errors}");
    }
}
