namespace Dapr.Client;

/// <summary>Speaks to the application's own sidecar. Safe to share between threads; one per process is enough.</summary>
public abstract class DaprClient : IDisposable
{
    /// <summary>Publishes <paramref name="data"/>, as JSON by its declared type, in an envelope that the sidecar makes.</summary>
    /// <exception cref="DaprException">The sidecar did not take the event.</exception>
    public abstract Task PublishEventAsync<TData>(
        string pubsubName, string topicName, TData data, CancellationToken cancellationToken = default);

    /// <summary>As above; <paramref name="metadata"/> is for the broker, e.g. "partitionKey", or overrides, e.g. "cloudevent.id".</summary>
    /// <exception cref="DaprException">The sidecar did not take the event.</exception>
    public abstract Task PublishEventAsync<TData>(
        string pubsubName, string topicName, TData data, Dictionary<string, string> metadata,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Publishes bytes as they are. With <paramref name="dataContentType"/> "application/cloudevents+json" they are the whole
    /// envelope, otherwise its data.
    /// </summary>
    /// <exception cref="DaprException">The sidecar did not take the event.</exception>
    public abstract Task PublishByteEventAsync(
        string pubsubName, string topicName, ReadOnlyMemory<byte> data, string dataContentType = "application/json",
        Dictionary<string, string>? metadata = null, CancellationToken cancellationToken = default);

    /// <summary>Whether the sidecar and the application behind it are ready.</summary>
    public abstract Task<bool> CheckHealthAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether the sidecar takes calls from the application: as above, without asking for the application itself.</summary>
    public abstract Task<bool> CheckOutboundHealthAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns when the sidecar takes calls from the application, which it asks every half second.</summary>
    public abstract Task WaitForSidecarAsync(CancellationToken cancellationToken = default);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
