using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Governance.Local.Sidecar;
using Governance.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Governance.Local.Tests.Sidecar;

/// <summary>A database of its own for a test.</summary>
sealed class TestDatabase : IAsyncDisposable
{
    static readonly string Server = Environment.GetEnvironmentVariable("GOVERNANCE_DB")
        ?? throw new InvalidOperationException("Set GOVERNANCE_DB to the connection string of a PostgreSQL superuser.");

    readonly string _name = $"sidecar_test_{Guid.NewGuid():N}";

    public string ConnectionString => new NpgsqlConnectionStringBuilder(Server) { Database = _name, Pooling = true }.ConnectionString;

    public static async Task<TestDatabase> Create()
    {
        var database = new TestDatabase();
        await Execute($"create database {database._name}");
        return database;
    }

    /// <summary>Breaks every connection, as a failover of the server would.</summary>
    public Task BreakConnections() => Execute($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{_name}'");

    public async ValueTask DisposeAsync() => await Execute($"drop database {_name} with (force)");

    static async Task Execute(string sql)
    {
        await using var connection = new NpgsqlConnection(Server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A Dapr folder whose deliveries are retried twice, at once.</summary>
sealed class TestResources : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("dapr-").FullName;

    public TestResources(bool hasResiliency = true, int maxRetries = 2)
    {
        File.WriteAllText(Path.Combine(Folder, "dapr.yaml"), "version: 1\ncommon:\n  resourcesPaths: [.]\n");
        File.WriteAllText(Path.Combine(Folder, "pubsub.yaml"),
            """
            kind: Component
            metadata:
              name: pubsub
            spec:
              type: pubsub.kafka
              version: v1
              metadata:
                - name: publishingScopes
                  value: "publisher=orders,other,a/b;subscriber=dead;stranger="
                - name: subscriptionScopes
                  value: "subscriber=orders,other,dead"
            scopes: [publisher, subscriber, stranger]
            """);
        if (hasResiliency)
        {
            File.WriteAllText(Path.Combine(Folder, "resiliency.yaml"),
                $$"""
                kind: Resiliency
                metadata:
                  name: test
                spec:
                  policies:
                    timeouts: { delivery: 20s }
                    retries:
                      delivery: { policy: constant, duration: 10ms, maxRetries: {{maxRetries}} }
                  targets:
                    components:
                      pubsub:
                        inbound: { timeout: delivery, retry: delivery }
                """);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>What an application received.</summary>
sealed record Received(string Path, string? ContentType, IHeaderDictionary Headers, JsonElement Event)
{
    public string Id => Event.GetProperty("id").GetString()!;

    public string Data => Event.GetProperty("data").GetRawText();
}

/// <summary>A real application behind a sidecar: it answers <c>/dapr/subscribe</c> and shows what it is given.</summary>
sealed class TestApp : IAsyncDisposable
{
    readonly Channel<Received> _received = Channel.CreateUnbounded<Received>();
    WebApplication? _web;

    public int Port { get; } = Ports.Free();

    public string Subscriptions { get; set; } = """[{"pubsubname":"pubsub","topic":"orders","route":"/orders","deadLetterTopic":"dead"}]""";

    /// <summary>Answers a delivery; 200 by default.</summary>
    public Func<Received, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The headers of the last question for subscriptions.</summary>
    public IHeaderDictionary? Asked { get; private set; }

    public static async Task<TestApp> Start(string? subscriptions = null, Func<Received, HttpContext, Task>? answer = null)
    {
        var app = new TestApp();
        app.Subscriptions = subscriptions ?? app.Subscriptions;
        app.Answer = answer ?? app.Answer;
        await app.Start();
        return app;
    }

    public async Task Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{Port}");
        _web = builder.Build();
        _web.MapGet("/dapr/subscribe", context =>
        {
            Asked = new HeaderDictionary(context.Request.Headers.ToDictionary());
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(Subscriptions);
        });
        _web.MapFallback("{*path}", async context =>
        {
            var body = await JsonDocument.ParseAsync(context.Request.Body);
            var headers = new HeaderDictionary(context.Request.Headers.ToDictionary());
            var received = new Received(context.Request.Path, context.Request.ContentType, headers, body.RootElement);
            await Answer(received, context);
            await _received.Writer.WriteAsync(received);
        });
        await _web.StartAsync();
    }

    public async Task Stop()
    {
        await _web!.DisposeAsync();
        _web = null;
    }

    /// <summary>The next delivery that was answered.</summary>
    public async Task<Received> Next() => await _received.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public async Task<List<Received>> Next(int count)
    {
        List<Received> received = [];
        while (received.Count < count)
        {
            received.Add(await Next());
        }

        return received;
    }

    public bool HasMore => _received.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await Stop();
        }
    }
}

/// <summary>A running sidecar with its database, a publisher and, when given, a subscriber.</summary>
sealed class TestSidecar : IAsyncDisposable
{
    readonly HttpClient _http = new();
    readonly TestDatabase _database;
    readonly TestResources _resources;
    readonly SidecarApp[] _apps;
    LocalSidecar? _sidecar;

    TestSidecar(TestDatabase database, TestResources resources, SidecarApp[] apps) =>
        (_database, _resources, _apps) = (database, resources, apps);

    public SidecarOptions Options => new(_database.ConnectionString, _resources.Folder, _apps);

    public static Task<TestSidecar> Start(TestApp? subscriber = null, TestResources? resources = null) =>
        Start(resources ?? new TestResources(), new SidecarApp("publisher", 0), new SidecarApp("subscriber", 0, subscriber?.Port));

    public static async Task<TestSidecar> Start(TestResources resources, params SidecarApp[] apps)
    {
        var sidecar = new TestSidecar(await TestDatabase.Create(), resources, apps);
        await sidecar.Start();
        return sidecar;
    }

    public TestDatabase Database => _database;

    /// <summary>Waits until the sidecar has noted that "orders" is taken in: the application knows of a delivery before the sidecar does.</summary>
    public async Task Settled()
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select (select max(position) from message where topic = 'orders') <= (select min(position) from subscription where topic = 'orders')", connection);
        while (await command.ExecuteScalarAsync() is not true)
        {
            await Task.Delay(5);
        }
    }

    /// <summary>A second sidecar on the same database, which must fail.</summary>
    public Task StartAnother() => LocalSidecar.Start(Options, NullLoggerFactory.Instance, CancellationToken.None);

    public async Task Start() => _sidecar = await LocalSidecar.Start(Options, NullLoggerFactory.Instance, CancellationToken.None);

    public async Task Stop()
    {
        await _sidecar!.DisposeAsync();
        _sidecar = null;
    }

    public Uri Address(string app = "publisher", string path = "") => new($"http://127.0.0.1:{_sidecar!.Port(app)}{path}");

    public Task<HttpResponseMessage> Send(
        HttpMethod method, string path, string? body = null, string? contentType = "application/json", string app = "publisher",
        params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, Address(app, path));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return _http.SendAsync(request);
    }

    /// <summary>Publishes data to "orders" (or another topic with its query) and expects 204.</summary>
    public async Task Publish(string data, string topic = "orders", string contentType = "application/json", string app = "publisher")
    {
        using var response = await Send(HttpMethod.Post, "/v1.0/publish/pubsub/" + topic, data, contentType, app);
        Xunit.Assert.Equal((HttpStatusCode.NoContent, ""), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_sidecar is not null)
        {
            await Stop();
        }

        NpgsqlConnection.ClearAllPools();
        await _database.DisposeAsync();
        _resources.Dispose();
    }
}
