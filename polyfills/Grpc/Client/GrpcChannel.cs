using System.Collections.Concurrent;
using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>How a channel makes calls.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>Largest request message in bytes; null means any.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Largest response message in bytes, also after it was inflated; null means any. 4 MiB when nothing else is said.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Makes the HTTP/2 requests; null means a new <see cref="SocketsHttpHandler"/>.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether the channel disposes <see cref="HttpHandler"/>; it always disposes its own.</summary>
    public bool DisposeHttpClient { get; set; }
}

/// <summary>Calls to one server, over HTTP/2 connections that all calls share. Make one and keep it.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    readonly Uri _address;
    readonly ConcurrentDictionary<IMethod, Uri> _uris = new(ReferenceEqualityComparer.Instance);

    GrpcChannel(Uri address, GrpcChannelOptions options) : base(address.Authority)
    {
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            throw new ArgumentException($"A channel's address starts with http:// or https://, but this is '{address}'.", nameof(address));
        (_address, Options) = (address, options);
        Http = new HttpMessageInvoker(
            options.HttpHandler
                ?? new SocketsHttpHandler { EnableMultipleHttp2Connections = true, AllowAutoRedirect = false, UseProxy = false },
            disposeHandler: options.HttpHandler is null || options.DisposeHttpClient);
    }

    internal GrpcChannelOptions Options { get; }
    internal HttpMessageInvoker Http { get; }

    /// <summary>Speaks HTTP/2 to the address, in clear text when it starts with "http://". Connects with the first call.</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <inheritdoc cref="ForAddress(string)"/>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => ForAddress(new Uri(address), channelOptions);

    /// <inheritdoc cref="ForAddress(string)"/>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <inheritdoc cref="ForAddress(string)"/>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions) => new(address, channelOptions);

    public override CallInvoker CreateCallInvoker() => new HttpCallInvoker(this);

    /// <summary>Calls that still run end as cancelled or unavailable.</summary>
    public void Dispose() => Http.Dispose();

    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    internal Uri UriOf(IMethod method) =>
        _uris.TryGetValue(method, out var uri) ? uri : _uris.GetOrAdd(method, new Uri(_address, method.FullName));
}
