using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>One call on the client, as its request and response streams too.</summary>
sealed class ClientCall<TRequest, TResponse>(GrpcChannel channel, Method<TRequest, TResponse> method, CallOptions options)
    : IClientStreamWriter<TRequest>, IAsyncStreamReader<TResponse>
    where TRequest : class where TResponse : class
{
    static readonly Version Http2 = new(2, 0);
    static readonly StreamPipeReaderOptions UnaryReading = new(bufferSize: 4096);

    // With zero-byte reads an idle stream borrows no buffer.
    static readonly StreamPipeReaderOptions StreamReading = new(bufferSize: 16384, useZeroByteReads: true);

    readonly CancellationTokenSource _cancellation = new();
    CancellationTokenRegistration _callerCancels;

    /// <summary>Why the caller cancelled; null when it was the deadline.</summary>
    string? _reason;
    Ending? _ending;

    Task<HttpResponseMessage> _response = null!;
    PipeReader? _pipe;

    /// <summary>For calls with a response stream: completes when the headers are here; null inside when no messages follow.</summary>
    Task<MessageReader?>? _reader;

    /// <summary>For calls with a request stream and one response.</summary>
    Task<TResponse>? _only;

    string? _requestEncoding;

    /// <summary>The only request message, kept until a response shows that it need not be sent again.</summary>
    PooledBuffer? _message;
    bool _messageSent;

    TaskCompletionSource? _connected, _requestsDone;
    Stream? _requestStream;
    bool _requestsStarted, _requestsCompleted;
    int _writing, _reading;

    public WriteOptions? WriteOptions { get; set; } = options.WriteOptions;

    public TResponse Current { get; private set; } = null!;

    public Task<TResponse> SendUnaryAsync(TRequest request)
    {
        Send(request);
        return ReceiveOnlyAsync();
    }

    public Task<TResponse> SendClientStreamingAsync()
    {
        SendStream();
        return _only = ReceiveOnlyAsync();
    }

    public void SendServerStreaming(TRequest request)
    {
        Send(request);
        ReceiveStream();
    }

    public void SendDuplexStreaming()
    {
        SendStream();
        ReceiveStream();
    }

    public async Task<Metadata> GetHeadersAsync()
    {
        try
        {
            return HttpFailure.ReadMetadata((await _response).Headers);
        }
        catch (Exception exception)
        {
            throw End(exception);
        }
    }

    public Status GetStatus() =>
        _ending?.Status ?? throw new InvalidOperationException("Unable to get the status because the call is not complete.");

    public Metadata GetTrailers() =>
        _ending?.Trailers
        ?? throw new InvalidOperationException("Can't get the call trailers because the call has not completed successfully.");

    public void Dispose()
    {
        if (_ending is null)
            Cancel("gRPC call disposed.");
        Observe(_only);
    }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        if (_requestsCompleted)
            throw new InvalidOperationException("Request stream has already been completed.");
        if (_ending is { } ending)
            throw ending.ToException();
        if (Interlocked.Exchange(ref _writing, 1) != 0)
            throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
        using var registration = cancellationToken.UnsafeRegister(CancelByCaller, this);
        try
        {
            await _connected!.Task;
            using var buffer = new PooledBuffer();
            Serialize(message, buffer);
            _requestsStarted = true;
            await _requestStream!.WriteAsync(buffer.Written, _cancellation.Token);
            if (!Has(WriteFlags.BufferHint))
                await _requestStream.FlushAsync(_cancellation.Token);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw await WriteFailedAsync(exception);
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    public Task CompleteAsync()
    {
        if (Volatile.Read(ref _writing) != 0)
            throw new InvalidOperationException("Can't complete the client stream writer because the previous write is in progress.");
        _requestsCompleted = true;
        _requestsDone!.TrySetResult();
        return Task.CompletedTask;
    }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
            throw new InvalidOperationException("Can't read the next message because the previous read is still in progress.");
        using var registration = cancellationToken.UnsafeRegister(CancelByCaller, this);
        try
        {
            if (_ending is { } ending)
                return ending.Status.StatusCode is StatusCode.OK ? false : throw ending.ToException();
            if (await _reader! is not { } reader)
                return false;
            if (await reader.ReadAsync(method.ResponseMarshaller, _cancellation.Token) is { } message)
            {
                Current = message;
                return true;
            }
            EndBy(ReadTrailers());
            return false;
        }
        catch (Exception exception)
        {
            throw End(exception);
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    static void CancelByCaller(object? call) => ((ClientCall<TRequest, TResponse>)call!).Cancel("Call canceled by the client.");

    static async void Observe(Task? task)
    {
        if (task is not null)
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    void Send(TRequest request)
    {
        _message = new PooledBuffer();
        Send(async (stream, cancellationToken) =>
        {
            _messageSent = false;
            _messageSent = await Uncancelled(stream.WriteAsync(_message.Written, cancellationToken).AsTask());
        }, () => Serialize(request, _message));
    }

    static async ValueTask<bool> Uncancelled(Task sending)
    {
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (sending.IsCanceled)
            return false;
        await sending;
        return true;
    }

    void SendStream()
    {
        _connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _requestsDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(async (stream, cancellationToken) =>
        {
            if (_requestsStarted)
                throw new InvalidOperationException("The requests cannot be sent again.");
            // The headers leave before the first message does.
            if (!await Uncancelled(stream.FlushAsync(cancellationToken)))
                return;
            _requestStream = stream;
            _connected.TrySetResult();
            await _requestsDone.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
    }

    /// <summary>
    /// Starts the request. What goes wrong shows when the response is awaited; so <paramref name="write"/> keeps quiet about being
    /// cancelled: when the server breaks off, what HttpClient finds tells more than its cancellation of the request.
    /// </summary>
    void Send(Func<Stream, CancellationToken, Task> write, Action? prepare = null)
    {
        var timeout = Timeout();
        _callerCancels = options.CancellationToken.UnsafeRegister(CancelByCaller, this);
        try
        {
            if (timeout <= TimeSpan.Zero)
                throw new RpcException(new Status(StatusCode.DeadlineExceeded, ""));
            var request = new HttpRequestMessage(HttpMethod.Post, channel.UriOf(method))
            {
                Version = Http2,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new RequestContent(write),
            };
            AddHeaders(request.Headers, timeout);
            request.Content.Headers.TryAddWithoutValidation("content-type", Headers.ContentType);
            prepare?.Invoke();
            // A timer holds 49 days; nothing waits longer.
            if (timeout is { TotalMilliseconds: < uint.MaxValue - 1 } soon)
                _cancellation.CancelAfter(soon);
            _response = channel.Http.SendAsync(request, _cancellation.Token);
        }
        catch (Exception exception)
        {
            _response = Task.FromException<HttpResponseMessage>(exception);
        }
    }

    void AddHeaders(HttpRequestHeaders headers, TimeSpan? timeout)
    {
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("user-agent", "grpc-dotnet-governance/1.0");
        headers.TryAddWithoutValidation("grpc-accept-encoding", Compression.Accepted);
        if (timeout is { } time)
            headers.TryAddWithoutValidation("grpc-timeout", Headers.FormatTimeout(time));
        foreach (var entry in options.Headers ?? Metadata.Empty)
        {
            if (entry.Key == Compression.RequestKey)
            {
                _requestEncoding = Compression.Normalize(entry.Value);
                headers.TryAddWithoutValidation("grpc-encoding", entry.Value);
                continue;
            }
            headers.TryAddWithoutValidation(entry.Key, Headers.Format(entry) ?? throw new InvalidOperationException(
                $"Header '{entry.Key}' may hold only printable ASCII; use a key that ends with '-bin'."));
        }
    }

    /// <summary>What is left until the deadline; null when there is none.</summary>
    TimeSpan? Timeout() => options.Deadline switch
    {
        null => null,
        { } deadline when deadline == DateTime.MaxValue => null,
        { Kind: DateTimeKind.Utc } deadline => deadline - Now,
        { } deadline when deadline == DateTime.MinValue => TimeSpan.Zero,
        _ => throw new InvalidOperationException(
            "Deadline must have a kind DateTimeKind.Utc or be equal to DateTime.MaxValue or DateTime.MinValue."),
    };

    static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    void Serialize(TRequest message, PooledBuffer buffer) => new MessageWriter(channel.Options.MaxSendMessageSize)
        .Write(message, method.RequestMarshaller, buffer, Has(WriteFlags.NoCompress) ? null : _requestEncoding);

    bool Has(WriteFlags flag) => (WriteOptions?.Flags & flag) == flag;

    void ReceiveStream()
    {
        _reader = ReceiveHeadersAsync(StreamReading);
        Observe(_reader);
        // Nobody may be reading when the call is cancelled.
        _cancellation.Token.UnsafeRegister(static call => ((ClientCall<TRequest, TResponse>)call!).Abandon(), this);
    }

    async Task<TResponse> ReceiveOnlyAsync()
    {
        try
        {
            TResponse? message = null;
            if (await ReceiveHeadersAsync(UnaryReading) is { } reader)
            {
                message = await reader.ReadAsync(method.ResponseMarshaller, _cancellation.Token);
                if (message is not null && await reader.ReadAsync(method.ResponseMarshaller, _cancellation.Token) is not null)
                    throw new RpcException(new Status(StatusCode.Internal, "The server sent more than one response message."));
                var ending = ReadTrailers();
                if (message is not null || ending.Status.StatusCode is not StatusCode.OK)
                    EndBy(ending);
            }
            return message ?? throw NoMessage();
        }
        catch (Exception exception)
        {
            throw End(exception);
        }
    }

    /// <summary>Null when the headers ended the call with OK.</summary>
    async Task<MessageReader?> ReceiveHeadersAsync(StreamPipeReaderOptions reading)
    {
        try
        {
            var response = await _response;
            // Returned only when HTTP is through with it: it may still be sending while an early error arrives.
            if (_messageSent)
                _message!.Dispose();
            if (HttpFailure.ReadStatus(response.Headers) is { } status)
            {
                if (status.StatusCode is StatusCode.OK && method.Type is (MethodType.Unary or MethodType.ClientStreaming))
                    throw NoMessage();
                EndBy(new Ending(status, response.Headers));
                return null;
            }
            var contentType = response.Content.Headers.NonValidated.TryGetValues("content-type", out var values) ? values.ToString() : null;
            if (response.StatusCode is not HttpStatusCode.OK || !Headers.IsGrpc(contentType))
                throw new RpcException(HttpFailure.FromStatusCode(response.StatusCode, contentType));
            var encoding = response.Headers.NonValidated.TryGetValues("grpc-encoding", out values) ? values.ToString() : null;
            _pipe = PipeReader.Create(await response.Content.ReadAsStreamAsync(_cancellation.Token), reading);
            return new MessageReader(_pipe, channel.Options.MaxReceiveMessageSize, encoding);
        }
        catch (Exception exception)
        {
            throw End(exception);
        }
    }

    static RpcException NoMessage() => new(new Status(StatusCode.Internal, "The server sent no response message."));

    Ending ReadTrailers()
    {
        var trailers = _response.GetAwaiter().GetResult().TrailingHeaders;
        return new Ending(
            HttpFailure.ReadStatus(trailers) ?? new Status(StatusCode.Unknown, "No grpc-status found on response."), trailers);
    }

    async Task<RpcException> WriteFailedAsync(Exception exception)
    {
        // When the server ended the call early, the response says why.
        Task response = _only is null ? _reader! : _only;
        await response.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _ending?.ToException() ?? new RpcException(exception is OperationCanceledException
            ? new Status(StatusCode.Cancelled, "The server takes no more messages; the responses tell the call's status.", exception)
            : HttpFailure.FromException(exception));
    }

    void Cancel(string reason)
    {
        _reason ??= reason;
        _cancellation.Cancel();
    }

    async void Abandon()
    {
        TryEnd(new Ending(CancellationStatus()));
        try
        {
            (await _response).Dispose();
        }
        catch (Exception)
        {
            // There is nothing left to dispose of, and the ending is known.
        }
    }

    Status CancellationStatus() =>
        _reason is null ? new Status(StatusCode.DeadlineExceeded, "") : new Status(StatusCode.Cancelled, _reason);

    /// <summary>Ends the call as the server says; throws unless that is OK.</summary>
    void EndBy(Ending ending)
    {
        TryEnd(ending);
        Release();
        if (ending.Status.StatusCode is not StatusCode.OK)
            throw ending.ToException();
    }

    /// <summary>Ends the call by what went wrong here, unless it has ended already; returns what the caller is told.</summary>
    RpcException End(Exception exception)
    {
        if (_ending is null)
        {
            var status = exception is RpcException failure ? failure.Status
                : _cancellation.IsCancellationRequested ? CancellationStatus()
                : HttpFailure.FromException(exception);
            // The server's clock may have been faster than ours.
            if (status.StatusCode is StatusCode.Cancelled && _reason is null && options.Deadline <= Now)
                status = new Status(StatusCode.DeadlineExceeded, "");
            TryEnd(new Ending(status));
        }
        Release();
        return exception as RpcException ?? _ending!.ToException();
    }

    void TryEnd(Ending ending)
    {
        if (Interlocked.CompareExchange(ref _ending, ending, null) is not null)
            return;
        _callerCancels.Unregister();
        _cancellation.CancelAfter(System.Threading.Timeout.Infinite);
        _requestsDone?.TrySetResult();
        if (_connected?.TrySetException(ending.ToException()) == true)
            Observe(_connected.Task);
    }

    /// <summary>Only the flow that reads the response comes here, so nothing is taken away from under a read.</summary>
    void Release()
    {
        _pipe?.Complete();
        if (_response.IsCompletedSuccessfully)
            _response.Result.Dispose();
    }

    /// <summary>How the call ended.</summary>
    sealed class Ending(Status status, HttpResponseHeaders? source = null)
    {
        Metadata? _trailers;

        public Status Status { get; } = status;
        public Metadata Trailers => _trailers ??= source is null ? Metadata.Empty : HttpFailure.ReadMetadata(source);

        public RpcException ToException() => new(Status, Trailers);
    }
}
