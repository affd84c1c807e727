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
    GrpcChannel(Uri address, GrpcChannelOptions options) : base(address.Authority) => _ = options;

    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => ForAddress(new Uri(address), channelOptions);
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions) => new(address, channelOptions);

    public override CallInvoker CreateCallInvoker() => throw new NotSupportedException();

    public void Dispose() { }
}
