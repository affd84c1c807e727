using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Governance.Local.Sidecar;

/// <summary>The way from the sidecar to its application: waits for it, notices when it goes, asks what it wants, delivers.</summary>
sealed class AppChannel(SidecarApp app, ILogger<AppChannel> log) : IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false, UseCookies = false, AllowAutoRedirect = false,
        // The publisher's trace travels on, not one of the sidecar's own.
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
    })
    {
        BaseAddress = app.AppPort is { } port ? new Uri($"http://127.0.0.1:{port}/") : null,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    volatile TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the application is there and has said what it wants.</summary>
    public bool IsOpen => _open.Task.IsCompleted;

    /// <summary>
    /// Knocks until the application listens, asks for its subscriptions, and begins again when it has gone.
    /// A connection that is held and never used tells at once when the application ends.
    /// </summary>
    public async Task Run(Func<IReadOnlyList<Subscription>, Task> subscribe, CancellationToken ct)
    {
        while (true)
        {
            using var line = await Connect(ct);
            try
            {
                if (await Ask(ct) is { } subscriptions)
                {
                    await subscribe(subscriptions);
                }

                _open.SetResult();
                await line.ReceiveAsync(new byte[1], ct);
            }
            catch (SocketException)
            {
                // Gone; knock again.
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogError(exception, "{App} did not say what it subscribes to; it is asked again", app.Id);
                await Task.Delay(TimeSpan.FromSeconds(1), ct);
            }

            if (IsOpen)
            {
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await Task.Delay(Pause, ct);
        }
    }

    /// <summary>Completes when the application is there and has said what it wants.</summary>
    public Task Opened(CancellationToken ct) => _open.Task.WaitAsync(ct);

    /// <summary>One attempt to deliver. That the application is away is told apart from its failing.</summary>
    public async Task<Outcome> Deliver(string pubsub, string route, Message message, byte[] body, TimeSpan? timeout, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(timeout ?? Timeout.InfiniteTimeSpan);
        try
        {
            using var request = Request(pubsub, route, message, body);
            using var response = await _http.SendAsync(request, limit.Token);
            return await Judge(response, route, limit.Token);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError)
        {
            await Task.Delay(Pause, ct);
            return Outcome.Away;
        }
        catch (Exception exception) when (exception is HttpRequestException || !ct.IsCancellationRequested)
        {
            log.LogWarning("{App} broke off delivery to {Route}: {Reason}", app.Id, route, exception.Message);
            return Outcome.Retry;
        }
    }

    public void Dispose() => _http.Dispose();

    async Task<Socket> Connect(CancellationToken ct)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, app.AppPort!.Value, ct);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(Pause, ct);
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>The application's subscriptions; null when it does not answer the question (404), so that nothing changes.</summary>
    async Task<IReadOnlyList<Subscription>?> Ask(CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "dapr/subscribe");
        request.Headers.Add("dapr-app-id", app.Id);
        AddToken(request);
        using var response = await _http.SendAsync(request, ct);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return Subscription.Parse(await response.Content.ReadAsByteArrayAsync(ct));
    }

    HttpRequestMessage Request(string pubsub, string route, Message message, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, route.TrimStart('/')) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents+json");
        foreach (var (name, value) in message.Metadata)
        {
            if (!IsConnectionHeader(name))
            {
                request.Headers.TryAddWithoutValidation(name.ToLowerInvariant(), value);
            }
        }

        request.Headers.TryAddWithoutValidation("pubsubname", pubsub);
        // What a Kafka consumer would be told; the topic is its one partition here.
        request.Headers.TryAddWithoutValidation("__topic", message.Topic);
        request.Headers.TryAddWithoutValidation("__partition", "0");
        request.Headers.TryAddWithoutValidation("__offset", message.Position.ToString());
        request.Headers.TryAddWithoutValidation("__timestamp", message.PublishTime.ToUnixTimeMilliseconds().ToString());
        if (message.PartitionKey is { } key)
        {
            request.Headers.TryAddWithoutValidation("__key", key);
        }

        AddToken(request);
        return request;
    }

    void AddToken(HttpRequestMessage request)
    {
        if (!string.IsNullOrEmpty(app.AppToken))
        {
            request.Headers.Remove("dapr-api-token");
            request.Headers.Add("dapr-api-token", app.AppToken);
        }
    }

    static bool IsConnectionHeader(string name) => name.ToUpperInvariant() is "CONTENT-LENGTH" or "CONTENT-TYPE" or "CONNECTION"
        or "HOST" or "KEEP-ALIVE" or "PROXY-AUTHENTICATE" or "PROXY-AUTHORIZATION" or "TE" or "TRAILER" or "TRANSFER-ENCODING" or "UPGRADE";

    async Task<Outcome> Judge(HttpResponseMessage response, string route, CancellationToken ct)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            log.LogError("{App} has no {Route}, to which it subscribed", app.Id, route);
            return Outcome.Drop;
        }

        if (!response.IsSuccessStatusCode)
        {
            log.LogWarning("{App} answered {Status} at {Route}", app.Id, (int)response.StatusCode, route);
            return Outcome.Retry;
        }

        return Status(await response.Content.ReadAsByteArrayAsync(ct)) switch
        {
            "" or "SUCCESS" => Outcome.Done,
            "DROP" => Outcome.Drop,
            _ => Outcome.Retry,
        };
    }

    /// <summary>"SUCCESS" of <c>{"status":"SUCCESS"}</c>; empty when the answer says nothing of the kind.</summary>
    static string Status(byte[] answer)
    {
        if (answer.Length == 0)
        {
            return "";
        }

        try
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement.ValueKind == JsonValueKind.Object
                   && document.RootElement.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.String
                ? status.GetString()!
                : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
