using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Dapr.Client;

/// <summary>The client over Dapr's HTTP API (https://docs.dapr.io/reference/api/pubsub_api/, …/health_api/).</summary>
sealed class DaprClientHttp(HttpClient http) : DaprClient
{
    const string PublishFailed = "Publish operation failed: the Dapr endpoint indicated a failure. See InnerException for details.";

    public override Task PublishEventAsync<TData>(
        string pubsubName, string topicName, TData data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Publish(pubsubName, topicName, Json(data), "application/json", metadata: null, cancellationToken);
    }

    public override Task PublishEventAsync<TData>(
        string pubsubName, string topicName, TData data, Dictionary<string, string> metadata, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(metadata);
        return Publish(pubsubName, topicName, Json(data), "application/json", metadata, cancellationToken);
    }

    public override Task PublishByteEventAsync(
        string pubsubName, string topicName, ReadOnlyMemory<byte> data, string dataContentType = "application/json",
        Dictionary<string, string>? metadata = null, CancellationToken cancellationToken = default) =>
        Publish(pubsubName, topicName, data, dataContentType, metadata, cancellationToken);

    public override Task<bool> CheckHealthAsync(CancellationToken cancellationToken = default) =>
        IsHealthy("v1.0/healthz", cancellationToken);

    public override Task<bool> CheckOutboundHealthAsync(CancellationToken cancellationToken = default) =>
        IsHealthy("v1.0/healthz/outbound", cancellationToken);

    public override async Task WaitForSidecarAsync(CancellationToken cancellationToken = default)
    {
        while (!await CheckOutboundHealthAsync(cancellationToken))
        {
            await Task.Delay(500, cancellationToken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            http.Dispose();
        }

        base.Dispose(disposing);
    }

    static ReadOnlyMemory<byte> Json<TData>(TData data) => JsonSerializer.SerializeToUtf8Bytes(data, JsonSerializerOptions.Web);

    async Task Publish(
        string pubsubName, string topicName, ReadOnlyMemory<byte> data, string contentType, Dictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(pubsubName);
        ArgumentException.ThrowIfNullOrEmpty(topicName);
        using var content = new ReadOnlyMemoryContent(data);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        try
        {
            using var response = await http.PostAsync(PublishPath(pubsubName, topicName, metadata), content, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                // The body names the rule that was broken, e.g. ERR_PUBSUB_FORBIDDEN.
                var reason = await response.Content.ReadAsStringAsync(cancellationToken);
                throw new HttpRequestException(
                    HttpRequestError.Unknown, $"{(int)response.StatusCode} {reason}", statusCode: response.StatusCode);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException || IsTimeout(exception))
        {
            throw new DaprException(PublishFailed, exception);
        }
    }

    static string PublishPath(string pubsubName, string topicName, Dictionary<string, string>? metadata)
    {
        var path = new StringBuilder("v1.0/publish/")
            .Append(Uri.EscapeDataString(pubsubName)).Append('/').Append(Uri.EscapeDataString(topicName));
        var separator = '?';
        foreach (var (key, value) in metadata ?? [])
        {
            path.Append(separator).Append("metadata.").Append(Uri.EscapeDataString(key)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return path.ToString();
    }

    async Task<bool> IsHealthy(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(path, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException || IsTimeout(exception))
        {
            return false;
        }
    }

    static bool IsTimeout(Exception exception) => exception is TaskCanceledException { InnerException: TimeoutException };
}
