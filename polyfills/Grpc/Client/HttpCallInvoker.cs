using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Makes the four kinds of call over HTTP/2.</summary>
sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        new ClientCall<TRequest, TResponse>(channel, method, options).SendUnaryAsync(request).GetAwaiter().GetResult();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, options);
        return new(call.SendUnaryAsync(request), Callbacks<TRequest, TResponse>.Headers, Callbacks<TRequest, TResponse>.Status,
            Callbacks<TRequest, TResponse>.Trailers, Callbacks<TRequest, TResponse>.Dispose, call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, options);
        call.SendServerStreaming(request);
        return new(call, Callbacks<TRequest, TResponse>.Headers, Callbacks<TRequest, TResponse>.Status,
            Callbacks<TRequest, TResponse>.Trailers, Callbacks<TRequest, TResponse>.Dispose, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, options);
        return new(call, call.SendClientStreamingAsync(), Callbacks<TRequest, TResponse>.Headers, Callbacks<TRequest, TResponse>.Status,
            Callbacks<TRequest, TResponse>.Trailers, Callbacks<TRequest, TResponse>.Dispose, call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, options);
        call.SendDuplexStreaming();
        return new(call, call, Callbacks<TRequest, TResponse>.Headers, Callbacks<TRequest, TResponse>.Status,
            Callbacks<TRequest, TResponse>.Trailers, Callbacks<TRequest, TResponse>.Dispose, call);
    }

    /// <summary>One set of delegates for all calls of a method.</summary>
    static class Callbacks<TRequest, TResponse> where TRequest : class where TResponse : class
    {
        public static readonly Func<object, Task<Metadata>> Headers = call => ((ClientCall<TRequest, TResponse>)call).GetHeadersAsync();
        public static readonly Func<object, Status> Status = call => ((ClientCall<TRequest, TResponse>)call).GetStatus();
        public static readonly Func<object, Metadata> Trailers = call => ((ClientCall<TRequest, TResponse>)call).GetTrailers();
        public static readonly Action<object> Dispose = call => ((ClientCall<TRequest, TResponse>)call).Dispose();
    }
}
