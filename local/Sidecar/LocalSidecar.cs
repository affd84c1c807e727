using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Npgsql;

namespace Governance.Local.Sidecar;

/// <summary>
/// Stands in for daprd and its broker on one machine: the same HTTP API on one port per application, messages durable in PostgreSQL.
/// A message is stored before its publisher hears 204 and is delivered at least once, also after either side was killed.
/// </summary>
sealed class LocalSidecar : IAsyncDisposable
{
    static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);

    readonly NpgsqlDataSource _database;
    readonly WebApplication _web;
    readonly AppSidecar[] _apps;
    readonly Dictionary<string, ListenOptions> _listeners;
    readonly CancellationTokenSource _stop = new();
    readonly Task[] _running;

    LocalSidecar(
        NpgsqlDataSource database, WebApplication web, AppSidecar[] apps, Dictionary<string, ListenOptions> listeners,
        Func<CancellationToken, Task>[] run)
    {
        (_database, _web, _apps, _listeners) = (database, web, apps, listeners);
        _running = [.. run.Select(task => Task.Run(() => task(_stop.Token)))];
    }

    /// <summary>Starts. When this returns, applications may publish; deliveries begin as the applications come up.</summary>
    /// <exception cref="InvalidOperationException">Another sidecar holds the database.</exception>
    /// <exception cref="InvalidDataException">A file of the Dapr folder is wrong.</exception>
    public static async Task<LocalSidecar> Start(SidecarOptions options, ILoggerFactory logging, CancellationToken ct)
    {
        var resources = DaprResources.Read(options.DaprFolder);
        var database = NpgsqlDataSource.Create(options.ConnectionString);
        var store = new SidecarStore(database);
        var log = new MessageLog(store, logging.CreateLogger<MessageLog>());
        var positions = new Positions(store, logging.CreateLogger<Positions>());
        AppSidecar[] apps = [.. options.Apps.Select(app => new AppSidecar(app, resources, store, log, positions, logging))];
        var listeners = new Dictionary<string, ListenOptions>(StringComparer.Ordinal);
        var web = Web(apps, listeners, resources, log, logging);
        try
        {
            await log.Open(ct);
            await web.StartAsync(ct);
        }
        catch
        {
            await web.DisposeAsync();
            await database.DisposeAsync();
            throw;
        }

        return new LocalSidecar(
            database, web, apps, listeners,
            [
                log.Run, positions.Run, stop => Prune(store, options.Retention, logging.CreateLogger<LocalSidecar>(), stop),
                .. apps.Select<AppSidecar, Func<CancellationToken, Task>>(app => app.Run),
            ]);
    }

    /// <summary>Where the sidecar of an application listens.</summary>
    public int Port(string app) => _listeners[app].IPEndPoint!.Port;

    public async ValueTask DisposeAsync()
    {
        // Publishers that were let in are answered first.
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5)))
        {
            await _web.StopAsync(patience.Token);
        }

        await _web.DisposeAsync();
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ContinueWith(_ => { }, TaskScheduler.Default);
        foreach (var app in _apps)
        {
            app.Dispose();
        }

        await _database.DisposeAsync();
        _stop.Dispose();
    }

    static WebApplication Web(
        AppSidecar[] apps, Dictionary<string, ListenOptions> listeners, DaprResources resources, MessageLog log, ILoggerFactory logging)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Configuration.Sources.Clear();
        builder.Services.AddSingleton(logging);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // daprd's max-body-size.
            kestrel.Limits.MaxRequestBodySize = 4 * 1024 * 1024;
            foreach (var app in apps)
            {
                kestrel.Listen(IPAddress.Loopback, app.App.SidecarPort, listener =>
                {
                    listener.Protocols = HttpProtocols.Http1;
                    // The port tells who speaks.
                    listener.Use(next => connection =>
                    {
                        connection.Features.Set(app);
                        return next(connection);
                    });
                    listeners[app.App.Id] = listener;
                });
            }
        });
        var web = builder.Build();
        new SidecarApi(resources, log).Map(web);
        return web;
    }

    static async Task Prune(SidecarStore store, TimeSpan retention, ILogger log, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(PruneEvery);
        do
        {
            try
            {
                await store.Prune(TimeProvider.System.GetUtcNow() - retention, ct);
            }
            catch (NpgsqlException exception)
            {
                log.LogWarning(exception, "Old messages could not be deleted; it is tried again in {Time}", PruneEvery);
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }
}
