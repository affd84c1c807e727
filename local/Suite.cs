using System.Runtime.InteropServices;
using Governance.Local.Demo;
using Governance.Local.Identity;
using Governance.Local.Sidecar;
using Governance.Platform;
using Governance.Platform.Data;
using Npgsql;

namespace Governance.Local;

/// <summary>
/// The suite's parts and how they are joined on one machine: in one process, or each in a process of its own. Passwords, keys and
/// tokens come from the environment, which `./governance` fills.
/// </summary>
sealed class Suite(IConfiguration environment)
{
    /// <summary>The name under which all parts run in one process.</summary>
    public const string Whole = "suite";

    static readonly Hosted[] s_services =
    [
        new("organizations", Organizations.Program.Configure, Port: 5010, SidecarPort: 3510),
        new("monitoring", Monitoring.Program.Configure, Port: 5020, SidecarPort: 3520),
    ];

    // The sample integrator: its sidecar is up before it, as a department's would be.
    static readonly (string Name, int SidecarPort, int AppPort) s_integrator = ("integrator", 3590, 5090);

    readonly int _offset = environment.GetValue("GOVERNANCE_PORT_OFFSET", 0);
    readonly string _run = Required(environment, "GOVERNANCE_RUN");

    public static IEnumerable<string> Parts => ["identity", "sidecar", .. s_services.Select(service => service.Name), "gateway"];


    /// <summary>Runs a part, or the whole, until the process is asked to stop; a file in <c>pids</c> tells when it is ready.</summary>
    public async Task Run(string part)
    {
        var asked = new TaskCompletionSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        var started = await Task.WhenAll((part == Whole ? Parts : [part]).Select(Start));
        await File.WriteAllTextAsync(Path.Combine(_run, "pids", $"{part}.ready"), "");
        await asked.Task;
        // Last in, first out: the gateway takes no more calls before the services go.
        foreach (var running in started.Reverse())
            await running.DisposeAsync();

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            asked.TrySetResult();
        }
    }

    /// <summary>Fills a new suite that is running with the sample county.</summary>
    public async Task LoadSampleCounty()
    {
        using var http = new HttpClient();
        await SampleCounty.Load(Api(http, _ => { }));
    }

    /// <summary>Tells the main story on a suite that is running.</summary>
    public async Task TellStory()
    {
        using var http = new HttpClient();
        await using var subscriber = await Subscriber.Start(Port(s_integrator.AppPort), Required(environment, "APP_API_TOKEN"));
        var samples = Path.Combine("services", "monitoring", "samples");
        await new Story(Api(http, Console.WriteLine), subscriber, samples, Console.WriteLine).Tell();
    }

    Api Api(HttpClient http, Action<string> tell) => new(
        http, new Uri($"http://127.0.0.1:{Port(8080)}"), new Uri($"http://127.0.0.1:{Port(8180)}"),
        Required(environment, "GOVERNANCE_SAMPLE_PASSWORD"), tell);

    async Task<IAsyncDisposable> Start(string part) => part switch
    {
        "identity" => await LocalIdentity.Start(new(
            Path.Combine("gateway", "keycloak", "governance-realm.json"), Path.Combine(_run, "keys"), Port(8180))
            {
                Variables = new Dictionary<string, string> { ["GATEWAY_URL"] = $"http://127.0.0.1:{Port(8080)}" },
            }),
        "sidecar" => await StartSidecar(),
        "gateway" => await StartGateway(),
        _ => await StartService(s_services.Single(service => service.Name == part)),
    };

    async Task<IAsyncDisposable> StartSidecar()
    {
        var database = (await Provision("sidecar")).Migrations;
        var (apiToken, appToken) = (Required(environment, "DAPR_API_TOKEN"), Required(environment, "APP_API_TOKEN"));
        var apps = s_services.Select(service => (service.Name, service.SidecarPort, AppPort: service.Port + 1))
            .Append(s_integrator)
            .Select(app => new SidecarApp(app.Name, Port(app.SidecarPort), Port(app.AppPort), apiToken, appToken));
        var logging = LoggerFactory.Create(log => log.AddJsonConsole().AddFilter("Microsoft", LogLevel.Warning));
        return await LocalSidecar.Start(new(database, "dapr", [.. apps]), logging, CancellationToken.None);
    }

    async Task<IAsyncDisposable> StartGateway()
    {
        var settings = new Dictionary<string, string?>(Keycloak())
        {
            ["Kestrel:Endpoints:Rest:Url"] = $"http://127.0.0.1:{Port(8080)}",
            ["Kestrel:Endpoints:Grpc:Url"] = $"http://127.0.0.1:{Port(8081)}",
        };
        foreach (var service in s_services)
            settings[$"ReverseProxy:Clusters:{service.Name}:Destinations:default:Address"] = $"http://127.0.0.1:{Port(service.Port)}";
        var app = Gateway.Program.Build(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        await app.StartAsync();
        return new RunningApp(app);
    }

    async Task<IAsyncDisposable> StartService(Hosted service)
    {
        var connections = await Provision(service.Name);
        return new RunningApp(await Service.Start(
            service.Name,
            settings => settings.AddInMemoryCollection(new Dictionary<string, string?>(Keycloak())
            {
                ["Address"] = "127.0.0.1",
                ["Grpc:Port"] = $"{Port(service.Port)}",
                ["Http:Port"] = $"{Port(service.Port + 1)}",
                ["ConnectionStrings:Database"] = connections.Database,
                ["ConnectionStrings:Migrations"] = connections.Migrations,
                ["DAPR_HTTP_PORT"] = $"{Port(service.SidecarPort)}",
                ["Policies:Path"] = "policies",
            }),
            service.Configure,
            service.Configure.Method.Module.Assembly));
    }

    Dictionary<string, string?> Keycloak() => new()
    {
        ["Keycloak:Realm"] = "governance",
        ["Keycloak:AuthServerUrl"] = $"http://127.0.0.1:{Port(8180)}",
        ["Keycloak:Resource"] = "governance-api",
        ["Keycloak:SslRequired"] = "none",
    };

    /// <summary>The database of a part. A suite at other ports has databases of its own on the same server.</summary>
    Task<Provisioning.Connections> Provision(string part)
    {
        var name = _offset == 0 ? part : $"{part}_{_offset}";
        var server = new NpgsqlConnectionStringBuilder(Required(environment, "GOVERNANCE_DB")) { MaxPoolSize = 40 };
        return Provisioning.Create(server.ConnectionString, name, name, Required(environment, "DATABASE_PASSWORD"));
    }

    int Port(int usual) => usual + _offset;

    static string Required(IConfiguration environment, string name) =>
        environment[name] ?? throw new InvalidOperationException($"{name} is not set; start with ./governance up");

    /// <summary>A service and its ports: gRPC at <paramref name="Port"/>, health and deliveries at the next.</summary>
    sealed record Hosted(string Name, Action<ServiceBuilder> Configure, int Port, int SidecarPort);

    /// <summary>Ends an application in order: disposing alone would not let its background work finish.</summary>
    sealed class RunningApp(WebApplication app) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
