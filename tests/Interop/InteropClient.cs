using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Governance.Interop;

/// <summary>The client's half of the official interoperability tests, by their official names.</summary>
public sealed class InteropClient(GrpcChannel channel)
{
    readonly TestService.TestServiceClient _client = new(channel);

    public static IReadOnlyDictionary<string, Func<InteropClient, Task>> Cases { get; } = new Dictionary<string, Func<InteropClient, Task>>
    {
        ["empty_unary"] = client => client.EmptyUnaryAsync(),
        ["large_unary"] = client => client.LargeUnaryAsync(),
        ["client_compressed_unary"] = client => client.ClientCompressedUnaryAsync(),
        ["server_compressed_unary"] = client => client.ServerCompressedUnaryAsync(),
        ["client_streaming"] = client => client.ClientStreamingAsync(),
        ["client_compressed_streaming"] = client => client.ClientCompressedStreamingAsync(),
        ["server_streaming"] = client => client.ServerStreamingAsync(),
        ["server_compressed_streaming"] = client => client.ServerCompressedStreamingAsync(),
        ["ping_pong"] = client => client.PingPongAsync(),
        ["empty_stream"] = client => client.EmptyStreamAsync(),
        ["custom_metadata"] = client => client.CustomMetadataAsync(),
        ["status_code_and_message"] = client => client.StatusCodeAndMessageAsync(),
        ["special_status_message"] = client => client.SpecialStatusMessageAsync(),
        ["unimplemented_method"] = client => client.UnimplementedMethodAsync(),
        ["unimplemented_service"] = client => client.UnimplementedServiceAsync(),
        ["cancel_after_begin"] = client => client.CancelAfterBeginAsync(),
        ["cancel_after_first_response"] = client => client.CancelAfterFirstResponseAsync(),
        ["timeout_on_sleeping_server"] = client => client.TimeoutOnSleepingServerAsync(),
        ["concurrent_large_unary"] = client => client.ConcurrentLargeUnaryAsync(),
    };

    static readonly CallOptions Compressed = new([new("grpc-internal-encoding-request", "gzip")]);
    static readonly WriteOptions NoCompress = new(WriteFlags.NoCompress);

    static readonly (int Request, int Response)[] PingPongSizes = [(27182, 31415), (8, 9), (1828, 2653), (45904, 58979)];

    async Task EmptyUnaryAsync() => Equal(new Empty(), await _client.EmptyCallAsync(new Empty()));

    Task LargeUnaryAsync() => LargeUnaryAsync(new SimpleRequest(), default);

    async Task LargeUnaryAsync(SimpleRequest request, CallOptions options)
    {
        request.ResponseSize = 314159;
        request.Payload = PayloadOf(271828);
        Equal(PayloadOf(314159), (await _client.UnaryCallAsync(request, options)).Payload);
    }

    async Task ClientCompressedUnaryAsync()
    {
        // A server that does not object to the lie cannot be tested.
        await FailsAsync(
            StatusCode.InvalidArgument, () => LargeUnaryAsync(new SimpleRequest { ExpectCompressed = new() { Value = true } }, default));
        await LargeUnaryAsync(new SimpleRequest { ExpectCompressed = new() { Value = true } }, Compressed);
        await LargeUnaryAsync(new SimpleRequest { ExpectCompressed = new() { Value = false } }, default);
    }

    async Task ServerCompressedUnaryAsync()
    {
        await LargeUnaryAsync(new SimpleRequest { ResponseCompressed = new() { Value = true } }, default);
        await LargeUnaryAsync(new SimpleRequest { ResponseCompressed = new() { Value = false } }, default);
    }

    async Task ClientStreamingAsync()
    {
        using var call = _client.StreamingInputCall();
        foreach (var (size, _) in PingPongSizes)
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = PayloadOf(size) });
        await call.RequestStream.CompleteAsync();
        Equal(74922, (await call).AggregatedPayloadSize);
    }

    async Task ClientCompressedStreamingAsync()
    {
        await FailsAsync(StatusCode.InvalidArgument, async () =>
        {
            using var probe = _client.StreamingInputCall();
            await probe.RequestStream.WriteAsync(new() { ExpectCompressed = new() { Value = true }, Payload = PayloadOf(27182) });
            await probe.RequestStream.CompleteAsync();
            await probe;
        });
        using var call = _client.StreamingInputCall(Compressed);
        await call.RequestStream.WriteAsync(new() { ExpectCompressed = new() { Value = true }, Payload = PayloadOf(27182) });
        call.RequestStream.WriteOptions = NoCompress;
        await call.RequestStream.WriteAsync(new() { ExpectCompressed = new() { Value = false }, Payload = PayloadOf(45904) });
        await call.RequestStream.CompleteAsync();
        Equal(73086, (await call).AggregatedPayloadSize);
    }

    async Task ServerStreamingAsync()
    {
        using var call = _client.StreamingOutputCall(OutputOf(31415, 9, 2653, 58979));
        await EndsAsync(call.ResponseStream, 31415, 9, 2653, 58979);
    }

    async Task ServerCompressedStreamingAsync()
    {
        var request = OutputOf(31415, 92653);
        request.ResponseParameters[0].Compressed = new() { Value = true };
        request.ResponseParameters[1].Compressed = new() { Value = false };
        using var call = _client.StreamingOutputCall(request);
        await EndsAsync(call.ResponseStream, 31415, 92653);
    }

    async Task PingPongAsync()
    {
        using var call = _client.FullDuplexCall();
        foreach (var (request, response) in PingPongSizes)
        {
            var message = OutputOf(response);
            message.Payload = PayloadOf(request);
            await call.RequestStream.WriteAsync(message);
            Equal(true, await call.ResponseStream.MoveNext());
            Equal(PayloadOf(response), call.ResponseStream.Current.Payload);
        }
        await call.RequestStream.CompleteAsync();
        await EndsAsync(call.ResponseStream);
        Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    async Task EmptyStreamAsync()
    {
        using var call = _client.FullDuplexCall();
        await call.RequestStream.CompleteAsync();
        await EndsAsync(call.ResponseStream);
    }

    async Task CustomMetadataAsync()
    {
        byte[] trailing = [0xab, 0xab, 0xab];
        Metadata metadata =
            [new("x-grpc-test-echo-initial", "test_initial_metadata_value"), new("x-grpc-test-echo-trailing-bin", trailing)];

        using var unary = _client.UnaryCallAsync(
            new SimpleRequest { ResponseSize = 314159, Payload = PayloadOf(271828) }, metadata);
        await unary;
        Echoed(await unary.ResponseHeadersAsync, unary.GetTrailers());

        using var duplex = _client.FullDuplexCall(metadata);
        await duplex.RequestStream.WriteAsync(OutputOf(314159));
        await duplex.RequestStream.CompleteAsync();
        await EndsAsync(duplex.ResponseStream, 314159);
        Echoed(await duplex.ResponseHeadersAsync, duplex.GetTrailers());

        void Echoed(Metadata headers, Metadata trailers)
        {
            Equal("test_initial_metadata_value", headers.GetValue("x-grpc-test-echo-initial"));
            Equal(Convert.ToHexString(trailing), Convert.ToHexString(trailers.GetValueBytes("x-grpc-test-echo-trailing-bin") ?? []));
        }
    }

    Task StatusCodeAndMessageAsync() => StatusIsEchoedAsync("test status message", alsoDuplex: true);

    Task SpecialStatusMessageAsync() =>
        StatusIsEchoedAsync("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n", alsoDuplex: false);

    async Task StatusIsEchoedAsync(string message, bool alsoDuplex)
    {
        var status = new EchoStatus { Code = 2, Message = message };
        Equal(message, await FailsAsync(StatusCode.Unknown, async () =>
            await _client.UnaryCallAsync(new SimpleRequest { ResponseStatus = status })));
        if (!alsoDuplex)
            return;
        Equal(message, await FailsAsync(StatusCode.Unknown, async () =>
        {
            using var call = _client.FullDuplexCall();
            await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = status });
            await call.RequestStream.CompleteAsync();
            await call.ResponseStream.MoveNext();
        }));
    }

    async Task UnimplementedMethodAsync() =>
        await FailsAsync(StatusCode.Unimplemented, async () => await _client.UnimplementedCallAsync(new Empty()));

    async Task UnimplementedServiceAsync() => await FailsAsync(StatusCode.Unimplemented, async () =>
        await new UnimplementedService.UnimplementedServiceClient(channel).UnimplementedCallAsync(new Empty()));

    async Task CancelAfterBeginAsync()
    {
        using var cancellation = new CancellationTokenSource();
        using var call = _client.StreamingInputCall(cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, async () => await call);
        Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    async Task CancelAfterFirstResponseAsync()
    {
        using var cancellation = new CancellationTokenSource();
        using var call = _client.FullDuplexCall(cancellationToken: cancellation.Token);
        await call.RequestStream.WriteAsync(OutputOf(31415));
        Equal(true, await call.ResponseStream.MoveNext());
        await cancellation.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, () => call.ResponseStream.MoveNext());
        Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    async Task TimeoutOnSleepingServerAsync()
    {
        using var call = _client.FullDuplexCall(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(1));
        await FailsAsync(StatusCode.DeadlineExceeded, async () =>
        {
            // Whichever half notices first.
            await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { Payload = PayloadOf(27182) });
            await call.ResponseStream.MoveNext();
        });
        Equal(StatusCode.DeadlineExceeded, call.GetStatus().StatusCode);
    }

    async Task ConcurrentLargeUnaryAsync() => await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => LargeUnaryAsync()));

    static StreamingOutputCallRequest OutputOf(params int[] sizes) =>
        new() { ResponseParameters = { sizes.Select(size => new ResponseParameters { Size = size }) } };

    static Payload PayloadOf(int size) => new() { Body = UnsafeByteOperations.UnsafeWrap(new byte[size]) };

    static async Task EndsAsync(IAsyncStreamReader<StreamingOutputCallResponse> responses, params int[] sizes)
    {
        var received = new List<int>();
        await foreach (var response in responses.ReadAllAsync())
            received.Add(response.Payload.Body.Length);
        Equal(string.Join(' ', sizes), string.Join(' ', received));
    }

    static async Task<string> FailsAsync(StatusCode code, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (RpcException exception)
        {
            Equal(code, exception.StatusCode);
            return exception.Status.Detail;
        }
        throw new InvalidOperationException($"The call should have failed with {code}.");
    }

    static void Equal<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new InvalidOperationException($"Expected {expected}, but it was {actual}.");
    }
}
