using System.Collections.Concurrent;
using System.Text.Json;

namespace Governance.Local.Demo;

/// <summary>
/// An integrator's program: it subscribes to the suite's topics through its own sidecar and keeps what comes. Delivery is at least once, so
/// it counts events by their id.
/// </summary>
sealed class Subscriber : IAsyncDisposable
{
    static readonly string[] _topics = ["organizations", "monitoring"];

    readonly ConcurrentDictionary<string, JsonElement> _events = new(StringComparer.Ordinal);
    readonly WebApplication _app;

    Subscriber(WebApplication app) => _app = app;

    /// <summary>Everything received so far, each event once.</summary>
    public IReadOnlyCollection<JsonElement> Events => [.. _events.Values];

    /// <summary>Starts listening where the sidecar of the app <c>integrator</c> delivers.</summary>
    public static async Task<Subscriber> Start(int port, string appToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        var subscriber = new Subscriber(app);
        app.Use((http, next) =>
        {
            if (http.Request.Headers["dapr-api-token"] == appToken)
                return next();
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
        app.MapGet("/dapr/subscribe", () => _topics.Select(topic => new { pubsubname = "pubsub", topic, route = "/events", deadLetterTopic = "integrator.dead-letters" }));
        app.MapPost("/events", async (HttpRequest request) =>
        {
            using var document = await JsonDocument.ParseAsync(request.Body);
            var received = document.RootElement.Clone();
            subscriber._events[received.GetProperty("id").GetString()!] = received;
            return Results.Ok();
        });
        await app.StartAsync();
        return subscriber;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
