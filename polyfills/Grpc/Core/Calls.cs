using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>What the four kinds of call share. The delegates take <c>state</c> so that a call allocates none.</summary>
readonly struct CallState(
    Func<object, Task<Metadata>> headers, Func<object, Status> status, Func<object, Metadata> trailers, Action<object> dispose,
    object state)
{
    public Task<Metadata> Headers() => headers(state);
    public Status Status() => status(state);
    public Metadata Trailers() => trailers(state);
    public void Dispose() => dispose(state);
}

/// <summary>A call with one request and one response. Disposing it cancels it when it still runs.</summary>
public sealed class AsyncUnaryCall<TResponse>(
    Task<TResponse> responseAsync, Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc,
    Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state) : IDisposable
{
    readonly CallState _state = new(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);

    public Task<TResponse> ResponseAsync { get; } = responseAsync;
    public Task<Metadata> ResponseHeadersAsync => _state.Headers();

    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) =>
        ResponseAsync.ConfigureAwait(continueOnCapturedContext);

    /// <summary>How the call ended; throws <see cref="InvalidOperationException"/> while it runs.</summary>
    public Status GetStatus() => _state.Status();

    /// <summary>The trailers; throws <see cref="InvalidOperationException"/> while the call runs.</summary>
    public Metadata GetTrailers() => _state.Trailers();

    public void Dispose() => _state.Dispose();
}

/// <summary>A call with one request and a stream of responses. Disposing it cancels it when it still runs.</summary>
public sealed class AsyncServerStreamingCall<TResponse>(
    IAsyncStreamReader<TResponse> responseStream, Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc,
    Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state) : IDisposable
{
    readonly CallState _state = new(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);

    public IAsyncStreamReader<TResponse> ResponseStream { get; } = responseStream;
    public Task<Metadata> ResponseHeadersAsync => _state.Headers();

    /// <summary>How the call ended; throws <see cref="InvalidOperationException"/> while it runs.</summary>
    public Status GetStatus() => _state.Status();

    /// <summary>The trailers; throws <see cref="InvalidOperationException"/> while the call runs.</summary>
    public Metadata GetTrailers() => _state.Trailers();

    public void Dispose() => _state.Dispose();
}

/// <summary>A call with a stream of requests and one response. Disposing it cancels it when it still runs.</summary>
public sealed class AsyncClientStreamingCall<TRequest, TResponse>(
    IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync, Func<object, Task<Metadata>> responseHeadersAsync,
    Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state) : IDisposable
{
    readonly CallState _state = new(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);

    public IClientStreamWriter<TRequest> RequestStream { get; } = requestStream;
    public Task<TResponse> ResponseAsync { get; } = responseAsync;
    public Task<Metadata> ResponseHeadersAsync => _state.Headers();

    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) =>
        ResponseAsync.ConfigureAwait(continueOnCapturedContext);

    /// <summary>How the call ended; throws <see cref="InvalidOperationException"/> while it runs.</summary>
    public Status GetStatus() => _state.Status();

    /// <summary>The trailers; throws <see cref="InvalidOperationException"/> while the call runs.</summary>
    public Metadata GetTrailers() => _state.Trailers();

    public void Dispose() => _state.Dispose();
}

/// <summary>A call with a stream of requests and a stream of responses. Disposing it cancels it when it still runs.</summary>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse>(
    IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream,
    Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc,
    Action<object> disposeAction, object state) : IDisposable
{
    readonly CallState _state = new(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);

    public IClientStreamWriter<TRequest> RequestStream { get; } = requestStream;
    public IAsyncStreamReader<TResponse> ResponseStream { get; } = responseStream;
    public Task<Metadata> ResponseHeadersAsync => _state.Headers();

    /// <summary>How the call ended; throws <see cref="InvalidOperationException"/> while it runs.</summary>
    public Status GetStatus() => _state.Status();

    /// <summary>The trailers; throws <see cref="InvalidOperationException"/> while the call runs.</summary>
    public Metadata GetTrailers() => _state.Trailers();

    public void Dispose() => _state.Dispose();
}
