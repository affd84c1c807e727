using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Governance.Support;

/// <summary>What the sidecar was asked to publish.</summary>
public sealed record Published(string Path, string PartitionKey, string ContentType, JsonElement Event)
{
    public string Subject => Event.GetProperty("subject").GetString()!;

    public long Sequence => long.Parse(Event.GetProperty("sequence").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A sidecar's publish API that takes notes, and refuses when a test wants it to: what a real one cannot be told to do.</summary>
public sealed class RecordingSidecar : IAsyncDisposable
{
    readonly WebApplication _app;

    RecordingSidecar()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/v1.0/healthz/outbound", () => Results.StatusCode(Healthy ? 204 : 500));
        _app.MapPost("/v1.0/publish/{pubsub}/{topic}", async (HttpContext http) =>
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body);
            var published = new Published(http.Request.Path, http.Request.Query["metadata.partitionKey"]!, http.Request.ContentType!,
                body.RootElement.Clone());
            Asked.Enqueue(published);
            if (Refuse(published))
                return Results.StatusCode(500);
            Taken.Enqueue(published);
            return Results.NoContent();
        });
    }

    public string Url => _app.Urls.Single();

    public bool Healthy { get; set; } = true;

    public Func<Published, bool> Refuse { get; set; } = _ => false;

    /// <summary>Everything that came.</summary>
    public ConcurrentQueue<Published> Asked { get; } = new();

    /// <summary>What was not refused.</summary>
    public ConcurrentQueue<Published> Taken { get; } = new();

    public static async Task<RecordingSidecar> Start()
    {
        var sidecar = new RecordingSidecar();
        await sidecar._app.StartAsync();
        return sidecar;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
