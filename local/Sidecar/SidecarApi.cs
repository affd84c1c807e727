using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Governance.Local.Sidecar;

/// <summary>The part of Dapr's HTTP API that concerns pub/sub, health and metadata (https://docs.dapr.io/reference/api/).</summary>
sealed class SidecarApi(DaprResources resources, MessageLog log)
{
    public void Map(WebApplication web)
    {
        web.Use(AnswerRefusals);
        web.Use(CheckToken);
        web.MapGet("/v1.0/healthz", Health);
        web.MapGet("/v1.0/healthz/outbound", context => Health(context, log.IsHealthy));
        web.MapGet("/v1.0/metadata", Metadata);
        web.MapMethods("/v1.0/publish/{pubsub?}", ["POST", "PUT"], Publish);
        web.MapMethods("/v1.0/publish/{pubsub}/{**topic}", ["POST", "PUT"], Publish);
        web.MapMethods("/v1.0/publish/bulk/{pubsub}/{**topic}", ["POST", "PUT"], PublishBulk);
        web.MapMethods("/v1.0-alpha1/publish/bulk/{pubsub}/{**topic}", ["POST", "PUT"], PublishBulk);
    }

    static AppSidecar Caller(HttpContext context) => context.Features.GetRequiredFeature<AppSidecar>();

    static async Task AnswerRefusals(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (RefusedException refusal)
        {
            context.Response.StatusCode = refusal.Status;
            await context.Response.WriteAsJsonAsync(new { refusal.ErrorCode, refusal.Message }, context.RequestAborted);
        }
    }

    static Task CheckToken(HttpContext context, RequestDelegate next)
    {
        var expected = Caller(context).App.ApiToken;
        if (string.IsNullOrEmpty(expected) || context.Request.Path.StartsWithSegments("/v1.0/healthz", StringComparison.Ordinal)
            || context.Request.Headers["dapr-api-token"] == expected)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return context.Response.WriteAsync("invalid api token", context.RequestAborted);
    }

    Task Health(HttpContext context)
    {
        var caller = Caller(context);
        var asked = context.Request.Query["appid"].ToString();
        return Health(context, log.IsHealthy && caller.IsConnected && (asked.Length == 0 || asked == caller.App.Id));
    }

    static Task Health(HttpContext context, bool isHealthy)
    {
        context.Response.StatusCode = isHealthy
            ? StatusCodes.Status204NoContent
            : throw new RefusedException(500, "ERR_HEALTH_NOT_READY", "dapr is not ready");
        return Task.CompletedTask;
    }

    Task Metadata(HttpContext context)
    {
        var caller = Caller(context);
        return context.Response.WriteAsJsonAsync(
            new
            {
                caller.App.Id,
                RuntimeVersion = "local",
                EnabledFeatures = Array.Empty<string>(),
                Actors = Array.Empty<string>(),
                Components = new[] { new { Name = resources.Pubsub, resources.Type, Version = "v1" } },
                Extended = new Dictionary<string, string>(),
                Subscriptions = caller.Subscriptions.Select(subscription => new
                {
                    Pubsubname = subscription.Pubsub,
                    subscription.Topic,
                    subscription.Metadata,
                    Rules = subscription.Rules.Append(new RouteRule("", subscription.Default ?? ""))
                        .Where(rule => rule.Path.Length > 0).Select(rule => new { rule.Match, rule.Path }),
                    subscription.DeadLetterTopic,
                    Type = "PROGRAMMATIC",
                }),
                AppConnectionProperties = new { Port = caller.App.AppPort ?? 0, Protocol = "http", ChannelAddress = "127.0.0.1" },
            },
            context.RequestAborted);
    }

    async Task Publish(HttpContext context)
    {
        var to = TargetOf(context);
        var body = await Body(context.Request);
        NewMessage message;
        try
        {
            message = Message(to, context.Request.ContentType, QueryMetadata(context.Request), body);
        }
        catch (JsonException exception)
        {
            throw new RefusedException(500, "ERR_PUBSUB_CLOUD_EVENTS_SER", $"cannot create cloudevent: {exception.Message}");
        }

        try
        {
            await log.Append([message]);
        }
        catch (Exception exception)
        {
            throw new RefusedException(
                500, "ERR_PUBSUB_PUBLISH_MESSAGE", $"error when publish to topic {to.Topic} in pubsub {to.Pubsub}: {exception.Message}");
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    async Task PublishBulk(HttpContext context)
    {
        var to = TargetOf(context);
        var entries = BulkEntry.Parse(await Body(context.Request));
        var common = QueryMetadata(context.Request);
        List<NewMessage> messages = [];
        List<BulkFailure> failures = [];
        foreach (var entry in entries)
        {
            try
            {
                // As in Dapr, what the request says reaches an entry only when that has metadata of its own.
                var metadata = NewMetadata(entry.Metadata ?? []);
                foreach (var (key, value) in entry.Metadata is null ? [] : common)
                {
                    metadata.TryAdd(key, value);
                }

                messages.Add(Message(to, entry.ContentType, metadata, entry.Data()));
            }
            catch (Exception exception) when (exception is JsonException or FormatException or RefusedException)
            {
                failures.Add(new BulkFailure(entry.EntryId, exception.Message));
            }
        }

        try
        {
            await log.Append(messages);
        }
        catch (Exception exception)
        {
            failures = [.. entries.Select(entry => new BulkFailure(entry.EntryId, exception.Message))];
        }

        if (failures.Count > 0)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await context.Response.WriteAsJsonAsync(
                new { FailedEntries = failures, ErrorCode = "ERR_PUBSUB_PUBLISH_MESSAGE" }, context.RequestAborted);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    static NewMessage Message(Target to, string? contentType, Dictionary<string, string> metadata, ReadOnlyMemory<byte> data)
    {
        if (metadata.TryGetValue("rawPayload", out var raw)
            && (bool.TryParse(raw, out var isRaw) ? isRaw : throw BadMetadata($"rawPayload is '{raw}'; write true or false")))
        {
            return new NewMessage(to.Topic, metadata, data.ToArray());
        }

        contentType = string.IsNullOrEmpty(contentType) ? "text/plain" : contentType;
        var now = TimeProvider.System.GetUtcNow();
        var trace = to.Trace;
        var body = Envelope.MediaType(contentType) == "application/cloudevents+json"
            ? Envelope.Complete(to.Pubsub, to.Topic, data, ref trace, now)
            : Envelope.Wrap(to.Publisher, to.Pubsub, to.Topic, contentType, data, metadata, trace, now);
        if (trace.Parent.Length > 0)
        {
            metadata["traceparent"] = trace.Parent;
            metadata["tracestate"] = trace.State;
        }

        return new NewMessage(to.Topic, metadata, body);
    }

    Target TargetOf(HttpContext context)
    {
        var headers = context.Request.Headers;
        var target = new Target(
            Caller(context).App.Id,
            (string?)context.GetRouteValue("pubsub") ?? "",
            // Routing leaves an encoded slash as it came.
            ((string?)context.GetRouteValue("topic") ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase),
            new Trace(headers.TraceParent.ToString(), headers.TraceState.ToString()));
        return target switch
        {
            { Pubsub: "" } => throw new RefusedException(404, "ERR_PUBSUB_EMPTY", "pubsub name is empty"),
            _ when target.Pubsub != resources.Pubsub || !resources.Serves(target.Publisher) =>
                throw new RefusedException(404, "ERR_PUBSUB_NOT_FOUND", $"pubsub {target.Pubsub} is not found"),
            { Topic: "" } => throw new RefusedException(404, "ERR_TOPIC_NAME_EMPTY", $"topic is empty in pubsub {target.Pubsub}"),
            _ when !resources.MayPublish(target.Publisher, target.Topic) || target.Topic.Contains('\0', StringComparison.Ordinal) =>
                throw new RefusedException(
                    403, "ERR_PUBSUB_FORBIDDEN", $"topic {target.Topic} is not allowed for app id {target.Publisher}"),
            _ => target,
        };
    }

    static Dictionary<string, string> QueryMetadata(HttpRequest request) => NewMetadata(
        request.Query.Where(pair => pair.Key.StartsWith("metadata.", StringComparison.OrdinalIgnoreCase))
            .Select(pair => KeyValuePair.Create(pair.Key["metadata.".Length..], pair.Value[0] ?? "")));

    static Dictionary<string, string> NewMetadata(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var metadata = new Dictionary<string, string>(pairs, StringComparer.OrdinalIgnoreCase);
        return metadata.Any(pair => (pair.Key + pair.Value).Contains('\0', StringComparison.Ordinal))
            ? throw BadMetadata("metadata cannot hold the character U+0000")
            : metadata;
    }

    static RefusedException BadMetadata(string message) => new(400, "ERR_PUBSUB_REQUEST_METADATA", message);

    static async Task<ReadOnlyMemory<byte>> Body(HttpRequest request)
    {
        using var body = new MemoryStream((int)(request.ContentLength ?? 0));
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    sealed record BulkFailure(string? EntryId, string Error);
}

/// <summary>Who publishes, and where to.</summary>
sealed record Target(string Publisher, string Pubsub, string Topic, Trace Trace);

/// <summary>What the caller is told instead of what it asked for.</summary>
sealed class RefusedException(int status, string errorCode, string message) : Exception(message)
{
    public int Status => status;

    public string ErrorCode => errorCode;
}
