using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Primitives;

namespace Grpc.AspNetCore.Server;

/// <summary>One call on the server: its context, and the part of its streams that does not depend on the messages' types.</summary>
abstract class ServerCall : ServerCallContext
{
    const int Idle = 0, Writing = 1, Ended = 2;
    const int ResetCancel = 8, ResetInternalError = 2;

    readonly GrpcServer _server;
    readonly IMethod _method;

    /// <summary>Null for a unary call without a deadline: only the client can end it early, and HttpContext knows of that.</summary>
    readonly EarlyEnd? _earlyEnd;

    /// <summary>Idle, Writing or Ended. Whoever changes it from Idle owns the response: a write, the end, or the deadline.</summary>
    int _state;
    Task _pendingWrite = Task.CompletedTask;
    string? _encoding;
    Metadata? _requestHeaders;
    Metadata? _trailers;

    protected ServerCall(HttpContext http, GrpcServer server, IMethod method)
    {
        (Http, _server, _method) = (http, server, method);
        var request = http.Request.Headers;
        var encoding = request.GrpcEncoding.ToString();
        Reader = new MessageReader(http.Request.BodyReader, server.Options.MaxReceiveMessageSize, encoding);
        Writer = new MessageWriter(server.Options.MaxSendMessageSize);
        http.Response.ContentType = Headers.ContentType;
        if (encoding.Length > 0 && !Compression.IsKnown(encoding))
            http.Response.Headers.GrpcAcceptEncoding = Compression.Accepted;
        if (server.Options.ResponseCompressionAlgorithm is { } algorithm)
            Encode(algorithm);

        // The size of a message is limited, not that of the whole body.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var streaming = method.Type is not MethodType.Unary;
        // A client stream may pause for longer than Kestrel lets a body; when it does not, the whole connection dies, other calls included.
        if (streaming && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;

        var timeout = request.GrpcTimeout.Count > 0 ? Headers.ParseTimeout(request.GrpcTimeout.ToString()) : null;
        if (streaming || timeout is not null)
            _earlyEnd = new EarlyEnd(this, streaming, timeout);
    }

    public HttpContext Http { get; }

    /// <summary>Whether the last request message travelled compressed.</summary>
    public bool RequestCompressed => Reader.Compressed;

    protected MessageReader Reader { get; }
    protected MessageWriter Writer { get; }

    /// <summary>Ends reads and writes that wait. Unlike <see cref="ServerCallContext.CancellationToken"/> it costs a plain unary call
    /// nothing: there the body itself fails when the client goes away.</summary>
    protected CancellationToken Interruption => _earlyEnd?.Token ?? CancellationToken.None;

    protected bool HasEnded => Volatile.Read(ref _state) == Ended;

    protected override string MethodCore => _method.FullName;
    protected override string HostCore => Http.Request.Host.Value ?? "";
    protected override DateTime DeadlineCore => _earlyEnd?.Deadline ?? DateTime.MaxValue;
    protected override CancellationToken CancellationTokenCore => _earlyEnd?.Token ?? Http.RequestAborted;
    protected override Metadata ResponseTrailersCore => _trailers ??= [];
    protected override Status StatusCore { get; set; }
    protected override WriteOptions? WriteOptionsCore { get; set; }
    protected override IDictionary<object, object> UserStateCore => Http.Items!;

    protected override string PeerCore => Http.Connection.RemoteIpAddress switch
    {
        null => "unknown",
        { AddressFamily: AddressFamily.InterNetworkV6 } ip => $"ipv6:{new IPEndPoint(ip, Http.Connection.RemotePort)}",
        { } ip => $"ipv4:{new IPEndPoint(ip, Http.Connection.RemotePort)}",
    };

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadRequestHeaders();

    /// <summary>Sends the trailers, unless the deadline already has. Nothing touches the HttpContext after this.</summary>
    /// <param name="failure">What the method threw.</param>
    public async ValueTask EndAsync(Exception? failure)
    {
        var before = Interlocked.Exchange(ref _state, Ended);
        if (before == Writing)
            await _pendingWrite.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (before != Ended)
        {
            if (failure is not null)
                Fail(failure);
            SendTrailers(Status, _trailers);
        }
        if (_earlyEnd is not null)
            await _earlyEnd.DisposeAsync();
    }

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Pending(WriteHeadersAsync(responseHeaders));

    /// <summary>Remembers a write that the method may not wait for: the end does.</summary>
    protected Task Pending(Task write)
    {
        if (!write.IsCompleted)
            _pendingWrite = write;
        return write;
    }

    /// <param name="flush">False lets the message wait for the next one or for the end.</param>
    protected async Task WriteAsync<T>(T message, Marshaller<T> marshaller, bool flush)
    {
        BeginWrite();
        try
        {
            if (!Http.Response.HasStarted)
                await Http.Response.StartAsync();
            var compress = _encoding is not null && (WriteOptions?.Flags & WriteFlags.NoCompress) is not WriteFlags.NoCompress;
            Writer.Write(message, marshaller, Http.Response.BodyWriter, compress ? _encoding : null);
            if (flush)
            {
                await Http.Response.BodyWriter.FlushAsync(Interruption);
                // A write to a client that is gone succeeds, so the method learns it here.
                Interruption.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            EndWrite();
        }
    }

    /// <summary>Turns what the method threw into the status and the trailers.</summary>
    void Fail(Exception exception)
    {
        switch (exception)
        {
            case RpcException rpc:
                foreach (var entry in rpc.Trailers)
                    ResponseTrailers.Add(entry);
                Status = rpc.Status;
                break;
            case OperationCanceledException when _earlyEnd is { ServerStopping: true }:
                Status = new Status(StatusCode.Unavailable, "The server is stopping; call again.");
                break;
            // The token may be cancelled a moment after reads begin to fail.
            case not null when Reader.Broken || CancellationToken.IsCancellationRequested:
                Status = Status.DefaultCancelled;
                break;
            default:
                _server.MethodFailed(_method.FullName, exception!);
                Status = new Status(StatusCode.Unknown, _server.Options.EnableDetailedErrors == true
                    ? $"Exception was thrown by handler. {exception!.GetType().Name}: {exception.Message}"
                    : "Exception was thrown by handler.");
                break;
        }
    }

    async Task WriteHeadersAsync(Metadata responseHeaders)
    {
        BeginWrite();
        try
        {
            if (Http.Response.HasStarted)
                throw new InvalidOperationException("Response headers can only be sent once per call.");
            foreach (var entry in responseHeaders)
            {
                if (entry.Key == Compression.RequestKey)
                    Encode(entry.Value);
                else
                    Append(Http.Response.Headers, entry, Headers.Format(entry) ?? throw new ArgumentException(
                        $"Header '{entry.Key}' may hold only printable ASCII; use a key that ends with '-bin'.", nameof(responseHeaders)));
            }
            await Http.Response.StartAsync();
            await Http.Response.BodyWriter.FlushAsync();
        }
        finally
        {
            EndWrite();
        }
    }

    void BeginWrite()
    {
        switch (Interlocked.CompareExchange(ref _state, Writing, Idle))
        {
            case Writing:
                throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
            case Ended:
                throw new InvalidOperationException("Can't write the message because the request is complete.");
        }
    }

    void EndWrite() => Interlocked.CompareExchange(ref _state, Idle, Writing);

    /// <summary>Ends the call with DEADLINE_EXCEEDED, whatever the method is doing, unless it has ended already.</summary>
    async Task EndByDeadlineAsync()
    {
        var before = Interlocked.Exchange(ref _state, Ended);
        if (before == Ended)
            return;
        if (before == Idle)
        {
            // The method still runs and may be adding trailers, so they stay behind.
            SendTrailers(new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded"), trailers: null);
            await Http.Response.CompleteAsync();
        }
        // A write that is stuck cannot be followed by trailers; the client knows its own deadline.
        Http.Features.Get<IHttpResetFeature>()?.Reset(ResetCancel);
    }

    void SendTrailers(Status status, Metadata? trailers)
    {
        if (Writer.Torn)
        {
            Http.Features.Get<IHttpResetFeature>()?.Reset(ResetInternalError);
            return;
        }
        var response = Http.Response;
        var target = response.HasStarted ? Http.Features.Get<IHttpResponseTrailersFeature>()!.Trailers : response.Headers;
        if (trailers is not null)
        {
            foreach (var entry in trailers)
            {
                // An unsendable trailer must not cost the caller the status.
                if (Headers.Format(entry) is { } value)
                    Append(target, entry, value);
                else
                    _server.TrailerLeftOut(_method.FullName, entry.Key);
            }
        }
        target.GrpcStatus = Headers.FormatStatusCode(status.StatusCode);
        if (status.Detail.Length > 0)
            target.GrpcMessage = Headers.FormatStatusMessage(status.Detail);
        if (Http.Features.Get<IHttpActivityFeature>()?.Activity is { } activity)
        {
            activity.SetTag("grpc.method", _method.FullName);
            activity.SetTag("grpc.status_code", Headers.FormatStatusCode(status.StatusCode));
        }
    }

    static void Append(IHeaderDictionary headers, Metadata.Entry entry, string value) =>
        headers[entry.Key] = StringValues.Concat(headers[entry.Key], value);

    /// <summary>Compresses responses, if the client accepts that encoding.</summary>
    void Encode(string encoding)
    {
        _encoding = null;
        foreach (var value in Http.Request.Headers.GrpcAcceptEncoding)
        {
            if (value is not null && Compression.IsKnown(encoding) && value.Split(',', StringSplitOptions.TrimEntries).Contains(encoding))
                _encoding = Compression.Normalize(encoding);
        }
        Http.Response.Headers.GrpcEncoding = _encoding;
    }

    Metadata ReadRequestHeaders()
    {
        var metadata = new Metadata();
        foreach (var (name, values) in Http.Request.Headers)
        {
            if (!Headers.IsMetadata(name))
                continue;
            foreach (var value in values)
            {
                if (!Headers.TryRead(metadata, name, value ?? ""))
                    throw new RpcException(new Status(StatusCode.Internal, $"Request header '{name}' is not base64."));
            }
        }
        return metadata;
    }

    /// <summary>What ends a call before its method does: the client, the deadline, or the server's stopping.</summary>
    sealed class EarlyEnd : IAsyncDisposable
    {
        readonly ServerCall _call;
        readonly CancellationTokenSource _cancellation = new();
        readonly CancellationTokenRegistration _aborted, _stopping;
        readonly ITimer? _timer;
        Task _deadlineWork = Task.CompletedTask;

        public EarlyEnd(ServerCall call, bool streaming, TimeSpan? timeout)
        {
            _call = call;
            _aborted = call.Http.RequestAborted.UnsafeRegister(static end => ((EarlyEnd)end!)._cancellation.Cancel(), this);
            if (streaming)
                _stopping = call._server.Stopping.UnsafeRegister(static end => ((EarlyEnd)end!).Stop(), this);
            if (timeout is not { } time)
                return;
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            Deadline = time < DateTime.MaxValue - now ? now + time : DateTime.MaxValue;
            // A timer holds 49 days; nothing waits longer.
            if (time.TotalMilliseconds < uint.MaxValue - 1)
            {
                _timer = TimeProvider.System.CreateTimer(
                    static end => ((EarlyEnd)end!)._deadlineWork = ((EarlyEnd)end).PassDeadlineAsync(), this, time,
                    Timeout.InfiniteTimeSpan);
            }
        }

        public DateTime Deadline { get; } = DateTime.MaxValue;
        public CancellationToken Token => _cancellation.Token;
        public bool ServerStopping { get; private set; }

        /// <summary>Waits for what is under way: the HttpContext is not ours any more after this.</summary>
        public async ValueTask DisposeAsync()
        {
            if (_timer is not null)
                await _timer.DisposeAsync();
            await _deadlineWork;
            await _aborted.DisposeAsync();
            await _stopping.DisposeAsync();
        }

        void Stop()
        {
            ServerStopping = true;
            _cancellation.Cancel();
        }

        async Task PassDeadlineAsync()
        {
            try
            {
                await _call.EndByDeadlineAsync();
                await _cancellation.CancelAsync();
            }
            catch (Exception exception)
            {
                // The timer has nobody to tell.
                _call._server.MethodFailed(_call._method.FullName, exception);
            }
        }
    }
}

/// <summary>One call on the server, as its method's request and response streams too.</summary>
sealed class ServerCall<TRequest, TResponse>(HttpContext http, GrpcServer server, Method<TRequest, TResponse> method)
    : ServerCall(http, server, method), IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>
    where TRequest : class where TResponse : class
{
    int _reading;

    public TRequest Current { get; private set; } = null!;

    public ValueTask<TRequest> ReadRequestAsync() => Reader.ReadOnlyAsync(method.RequestMarshaller, Interruption);

    /// <summary>The only response: it leaves together with the trailers.</summary>
    public Task WriteResponseAsync(TResponse? response) => response is null
        ? throw new RpcException(new Status(StatusCode.Cancelled, "No message returned from method."))
        : WriteAsync(response, method.ResponseMarshaller, flush: false);

    public Task WriteAsync(TResponse message) => Pending(
        WriteAsync(message, method.ResponseMarshaller, flush: (WriteOptions?.Flags & WriteFlags.BufferHint) is not WriteFlags.BufferHint));

    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        // A half-written message cannot be taken back, so cancelling a write cancels the call.
        using var registration = cancellationToken.UnsafeRegister(static call => ((ServerCall)call!).Http.Abort(), this);
        await WriteAsync(message);
    }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (HasEnded)
            throw new InvalidOperationException("Can't read messages after the request is complete.");
        if (Interlocked.Exchange(ref _reading, 1) != 0)
            throw new InvalidOperationException("Can't read the next message because the previous read is still in progress.");
        using var both = !cancellationToken.CanBeCanceled || cancellationToken == Interruption
            ? null
            : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Interruption);
        try
        {
            var message = await Reader.ReadAsync(method.RequestMarshaller, both?.Token ?? Interruption);
            Current = message!;
            return message is not null;
        }
        catch (IOException exception) when (Reader.Broken)
        {
            throw new OperationCanceledException("The call was cancelled.", exception, CancellationToken);
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }
}
