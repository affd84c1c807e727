using System.Text.Json;
using Governance.Platform;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Support;

/// <summary>
/// A service as it runs in production, for one test class: real host, real gRPC over HTTP/2, a PostgreSQL database of its own from the
/// real migrations. Only the clock is a test's.
/// </summary>
public abstract class ServiceFixture(string name, Action<ServiceBuilder> configure) : IAsyncLifetime
{
    WebApplication? _app;
    GrpcChannel? _channel;
    TestIdentity _identity = null!;

    public TestClock Clock { get; } = new();

    public TestDatabase Database { get; private set; } = null!;

    /// <summary>The service's own container, for what cannot be reached by a call: workers and desks.</summary>
    public IServiceProvider Services => _app!.Services;

    /// <summary>Address of the gRPC port.</summary>
    public string GrpcAddress => _app!.Urls.First();

    /// <summary>Address of the HTTP port: health and event deliveries.</summary>
    public string HttpAddress => _app!.Urls.Last();

    /// <summary>Settings that a test class adds, e.g. the address of a sidecar.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string?>> Settings => [];

    public virtual async ValueTask InitializeAsync()
    {
        _identity = await TestIdentity.Shared;
        Database = await CreateDatabase();
        await StartService();
    }

    /// <summary>An empty database, which the service migrates, unless a fixture has one that is filled already.</summary>
    protected virtual Task<TestDatabase> CreateDatabase() => TestDatabase.Create(name);

    /// <summary>Starts the service on the class's database; after <see cref="StopService"/> this is a restart, perhaps with other settings.</summary>
    public async Task StartService(params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        _app = await Service.Start(name, configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Address"] = "127.0.0.1",
            ["Grpc:Port"] = "0",
            ["Http:Port"] = "0",
            ["ConnectionStrings:Database"] = Database.Connections.Database,
            ["ConnectionStrings:Migrations"] = Database.Connections.Migrations,
            ["Keycloak:realm"] = "governance",
            ["Keycloak:auth-server-url"] = _identity.Url,
            ["Keycloak:ssl-required"] = "none",
            ["Keycloak:resource"] = TestIdentity.Audience,
            ["PersonalData:EncryptionKey"] = Convert.ToBase64String(new byte[32]),
            ["PersonalData:HashKey"] = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray()),
            ["APP_API_TOKEN"] = "test",
            // Nobody listens there: events stay in the outbox, where tests read them.
            ["DAPR_HTTP_ENDPOINT"] = "http://127.0.0.1:9",
            ["Logging:LogLevel:Default"] = "Error",
        }).AddInMemoryCollection(Settings).AddInMemoryCollection(settings), service =>
        {
            service.Services.AddSingleton<TimeProvider>(Clock);
            configure(service);
        }, configure.Method.Module.Assembly);
        _channel = GrpcChannel.ForAddress(GrpcAddress);
    }

    public async Task StopService()
    {
        _channel?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
    }

    /// <summary>
    /// Calls as somebody of <paramref name="division"/> who has exactly <paramref name="permissions"/>. Generated clients take the
    /// result: <c>new Settlements.SettlementsClient(fixture.As("619901", "settlements.read"))</c>.
    /// </summary>
    public CallInvoker As(string? division, params string[] permissions) => AsNamed("tester", division, permissions);

    /// <inheritdoc cref="As"/>
    public CallInvoker AsNamed(string user, string? division, params string[] permissions) =>
        new WithHeaders(_channel!.CreateCallInvoker(), new Metadata { { "authorization", $"Bearer {_identity.Token(division, permissions, user)}" } });

    /// <summary>Calls without a token.</summary>
    public CallInvoker Anonymous => _channel!.CreateCallInvoker();

    /// <summary>The CloudEvents that the service has put out so far, oldest first.</summary>
    public async Task<List<JsonElement>> Events(string? type = null)
    {
        var events = (await Database.Query<string>($"select cloud_event(outbox, '{name}') from outbox order by sequence")).ConvertAll(text => JsonDocument.Parse(text).RootElement);
        return type is null ? events : events.FindAll(@event => @event.GetProperty("type").GetString() == type);
    }

    /// <summary>Delivers a CloudEvent as the sidecar would and answers with the HTTP status.</summary>
    public async Task<int> Deliver(string topic, string cloudEvent)
    {
        using var http = new HttpClient { BaseAddress = new Uri(HttpAddress) };
        using var content = new StringContent(cloudEvent, System.Text.Encoding.UTF8, "application/cloudevents+json");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/events/{topic}") { Content = content };
        request.Headers.TryAddWithoutValidation("dapr-api-token", "test");
        using var response = await http.SendAsync(request);
        return (int)response.StatusCode;
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopService();
        // Null when the fixture failed before it had one: then that failure is what the test should show.
        if (Database is not null)
            await Database.DisposeAsync();
    }

    /// <summary>Adds the same headers to every call.</summary>
    sealed class WithHeaders(CallInvoker inner, Metadata headers) : CallInvoker
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            inner.BlockingUnaryCall(method, host, Add(options), request);

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            inner.AsyncUnaryCall(method, host, Add(options), request);

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            inner.AsyncServerStreamingCall(method, host, Add(options), request);

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            inner.AsyncClientStreamingCall(method, host, Add(options));

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            inner.AsyncDuplexStreamingCall(method, host, Add(options));

        CallOptions Add(CallOptions options)
        {
            var all = new Metadata();
            foreach (var entry in (IEnumerable<Metadata.Entry>)[.. headers, .. options.Headers ?? []])
                all.Add(entry);
            return options.WithHeaders(all);
        }
    }
}
