using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Governance.Interop;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Governance.Polyfills.Tests.Grpc.Frames;

namespace Governance.Polyfills.Tests.Grpc;

/// <summary>What the server promises to methods and to clients.</summary>
public sealed class ServerTests : IAsyncLifetime
{
    static readonly byte[] _message = Frame(new SimpleRequest());

    GrpcServer _server = null!;

    ScriptedService Service => _server.Service;

    public async ValueTask InitializeAsync() => _server = await GrpcServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_error_before_the_first_message_is_one_header_block()
    {
        Service.OnUnary = (_, _) => throw new RpcException(new Status(StatusCode.NotFound, "没有这户 100%"), [new("x-why", "gone")]);

        var response = await _server.SendAsync(_message);

        Assert.Equal("5", response.Headers["grpc-status"]);
        Assert.Equal("%E6%B2%A1%E6%9C%89%E8%BF%99%E6%88%B7 100%25", response.Headers["grpc-message"]);
        Assert.Equal("gone", response.Headers["x-why"]);
        Assert.Empty(response.Trailers);
    }

    [Fact]
    public async Task An_error_after_a_message_is_in_the_trailers()
    {
        Service.OnOutput = async (responses, _) =>
        {
            await responses.WriteAsync(new StreamingOutputCallResponse());
            throw new RpcException(new Status(StatusCode.Aborted, "enough"));
        };

        var response = await _server.SendAsync(_message, path: "/grpc.testing.TestService/StreamingOutputCall");

        Assert.Equal("10", response.Trailers["grpc-status"]);
        Assert.Equal([0], response.Flags);
    }

    [Fact]
    public async Task An_unexpected_exception_tells_the_client_nothing()
    {
        Service.OnUnary = (_, _) => throw new InvalidOperationException("secret");

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _server.Client.UnaryCallAsync(new SimpleRequest()));

        Assert.Equal(new Status(StatusCode.Unknown, "Exception was thrown by handler.").ToString(), failure.Status.ToString());
    }

    [Fact]
    public async Task An_unexpected_exception_is_told_where_details_are_enabled()
    {
        await using var server = await GrpcServer.StartAsync(options => options.EnableDetailedErrors = true);
        server.Service.OnUnary = (_, _) => throw new InvalidOperationException("the reason");

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryCallAsync(new SimpleRequest()));

        Assert.Equal("Exception was thrown by handler. InvalidOperationException: the reason", failure.Status.Detail);
    }

    [Fact]
    public async Task A_status_that_the_method_sets_ends_the_call_with_it()
    {
        Service.OnUnary = (_, context) =>
        {
            context.Status = new Status(StatusCode.OutOfRange, "past the end");
            return Task.FromResult(new SimpleResponse());
        };

        var response = await _server.SendAsync(_message);

        Assert.Equal(11, response.Status);
    }

    [Fact]
    public async Task No_message_from_a_method_is_a_failure()
    {
        Service.OnUnary = (_, _) => Task.FromResult<SimpleResponse>(null!);

        Assert.Equal(1, (await _server.SendAsync(_message)).Status);
    }

    [Fact]
    public async Task Structured_details_pass_through_unchanged()
    {
        byte[] details = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        Service.OnUnary = (_, _) => throw new RpcException(
            new Status(StatusCode.FailedPrecondition, "rule"), [new("grpc-status-details-bin", details)]);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _server.Client.UnaryCallAsync(new SimpleRequest()));

        Assert.Equal(details, failure.Trailers.GetValueBytes("grpc-status-details-bin"));
    }

    [Fact]
    public async Task A_trailer_that_cannot_travel_does_not_cost_the_status()
    {
        Service.OnUnary = (_, context) =>
        {
            context.ResponseTrailers.Add("x-name", "张三");
            context.ResponseTrailers.Add("x-kept", "yes");
            return Task.FromResult(new SimpleResponse());
        };

        var response = await _server.SendAsync(_message);

        Assert.Equal(0, response.Status);
        Assert.Equal("yes", response.Trailers["x-kept"]);
        Assert.DoesNotContain("x-name", response.Trailers.Keys);
    }

    [Fact]
    public async Task A_very_long_status_message_is_cut_so_that_every_client_takes_it()
    {
        Service.OnUnary = (_, _) => throw new RpcException(new Status(StatusCode.InvalidArgument, new string('长', 10_000)));

        var response = await _server.SendAsync(_message);

        Assert.Equal(3, response.Status);
        Assert.InRange(response.Message.Length, 4000, 4200);
    }

    [Theory]
    [InlineData("gzip", "gzip", true, 1)]
    [InlineData("identity,deflate,gzip", "deflate", true, 1)]
    [InlineData("identity", "gzip", false, 0)]
    [InlineData(null, "gzip", false, 0)]
    [InlineData("br", "br", false, 0)]
    public async Task Responses_are_compressed_when_the_client_accepts_it(string? accepted, string wanted, bool named, byte flag)
    {
        await using var server = await GrpcServer.StartAsync(options => options.ResponseCompressionAlgorithm = wanted);

        var response = await server.SendAsync(_message, request =>
        {
            if (accepted is not null)
                request.Headers.TryAddWithoutValidation("grpc-accept-encoding", accepted);
        });

        Assert.Equal(0, response.Status);
        Assert.Equal(named ? wanted : null, response.Headers.GetValueOrDefault("grpc-encoding"));
        Assert.Equal([flag], response.Flags);
    }

    [Fact]
    public async Task A_message_may_opt_out_of_compression()
    {
        Service.OnOutput = async (responses, context) =>
        {
            await context.WriteResponseHeadersAsync([new("grpc-internal-encoding-request", "gzip")]);
            await responses.WriteAsync(new StreamingOutputCallResponse());
            responses.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
            await responses.WriteAsync(new StreamingOutputCallResponse());
        };

        var response = await _server.SendAsync(
            _message, request => request.Headers.TryAddWithoutValidation("grpc-accept-encoding", "gzip"),
            "/grpc.testing.TestService/StreamingOutputCall");

        Assert.Equal([1, 0], response.Flags);
        Assert.DoesNotContain("grpc-internal-encoding-request", response.Headers.Keys);
    }

    [Fact]
    public async Task A_response_past_the_limit_is_refused()
    {
        await using var server = await GrpcServer.StartAsync(options => options.MaxSendMessageSize = 100);
        server.Service.OnUnary = (_, _) =>
            Task.FromResult(new SimpleResponse { Payload = new() { Body = ByteString.CopyFrom(new byte[101]) } });

        var response = await server.SendAsync(_message);

        Assert.Equal(8, response.Status);
        Assert.Empty(response.Body);
    }

    [Fact]
    public async Task The_deadline_answers_for_a_method_that_ignores_it()
    {
        var end = new TaskCompletionSource<SimpleResponse>();
        CancellationToken token = default;
        Service.OnUnary = (_, context) =>
        {
            token = context.CancellationToken;
            return end.Task;
        };

        var response = await _server.SendAsync(_message, request => request.Headers.TryAddWithoutValidation("grpc-timeout", "20m"));

        Assert.Equal(4, response.Status);
        Assert.Equal("Deadline Exceeded", response.Message);
        await Cancelled(token);
        end.SetResult(new SimpleResponse());
    }

    [Fact]
    public async Task The_deadline_ends_a_stream_that_has_begun()
    {
        Service.OnOutput = async (responses, context) =>
        {
            await responses.WriteAsync(new StreamingOutputCallResponse());
            await Cancelled(context.CancellationToken);
            await Assert.ThrowsAsync<InvalidOperationException>(() => responses.WriteAsync(new StreamingOutputCallResponse()));
        };

        // Long enough for the stream to have begun on a busy machine, too.
        var response = await _server.SendAsync(
            _message, request => request.Headers.TryAddWithoutValidation("grpc-timeout", "1S"),
            "/grpc.testing.TestService/StreamingOutputCall");

        Assert.Equal("4", response.Trailers["grpc-status"]);
        Assert.Equal([0], response.Flags);
    }

    [Fact]
    public async Task The_method_sees_the_clients_deadline()
    {
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(10);
        DateTime seen = default;
        Service.OnUnary = (_, context) =>
        {
            seen = context.Deadline;
            return Task.FromResult(new SimpleResponse());
        };

        await _server.Client.UnaryCallAsync(new SimpleRequest(), deadline: deadline);

        Assert.Equal(DateTimeKind.Utc, seen.Kind);
        Assert.InRange(seen, deadline.AddSeconds(-5), deadline.AddSeconds(5));
    }

    [Fact]
    public async Task A_client_that_cancels_ends_reads_and_cancels_the_token()
    {
        var seen = new TaskCompletionSource<Exception>();
        Service.OnDuplex = async (requests, responses, context) =>
        {
            await responses.WriteAsync(new StreamingOutputCallResponse());
            seen.SetResult(await Assert.ThrowsAnyAsync<OperationCanceledException>(() => requests.MoveNext()));
            await Cancelled(context.CancellationToken);
        };
        var call = _server.Client.FullDuplexCall();
        Assert.True(await call.ResponseStream.MoveNext());

        call.Dispose();

        await seen.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_read_can_be_cancelled_alone()
    {
        Service.OnDuplex = async (requests, responses, _) =>
        {
            using var cancellation = new CancellationTokenSource();
            var read = requests.MoveNext(cancellation.Token);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            await responses.WriteAsync(new StreamingOutputCallResponse());
            Assert.True(await requests.MoveNext());
        };
        using var call = _server.Client.FullDuplexCall();
        Assert.True(await call.ResponseStream.MoveNext());

        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest());

        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Stopping_ends_streams_as_unavailable_and_lets_unary_calls_finish()
    {
        var release = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        Service.OnDuplex = async (requests, responses, _) =>
        {
            await responses.WriteAsync(new StreamingOutputCallResponse());
            await requests.MoveNext();
        };
        Service.OnUnary = async (_, _) =>
        {
            started.SetResult();
            await release.Task;
            return new SimpleResponse { Payload = new() };
        };
        using var stream = _server.Client.FullDuplexCall();
        Assert.True(await stream.ResponseStream.MoveNext());
        var unary = _server.Client.UnaryCallAsync(new SimpleRequest());
        await started.Task;

        var stop = _server.StopAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext());
        release.SetResult();

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.NotNull((await unary).Payload);
        await stop;
    }

    [Fact]
    public async Task A_stream_may_pause_longer_than_Kestrel_lets_a_body()
    {
        await using var server = await GrpcServer.StartAsync(kestrel: kestrel =>
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1000, gracePeriod: TimeSpan.FromSeconds(1.1)));
        server.Service.OnInput = async (requests, _) => new() { AggregatedPayloadSize = await requests.ReadAllAsync().CountAsync() };
        using var call = server.Client.StreamingInputCall();
        await call.RequestStream.WriteAsync(new StreamingInputCallRequest());

        // Nothing can be awaited: the pause is the test. Kestrel looks once a second.
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        await call.RequestStream.WriteAsync(new StreamingInputCallRequest());
        await call.RequestStream.CompleteAsync();

        Assert.Equal(2, (await call).AggregatedPayloadSize);
    }

    [Fact]
    public async Task A_stream_may_be_larger_than_Kestrel_lets_a_body()
    {
        await using var server = await GrpcServer.StartAsync(kestrel: kestrel => kestrel.Limits.MaxRequestBodySize = 100);
        server.Service.OnInput = async (requests, _) => new() { AggregatedPayloadSize = await requests.ReadAllAsync().CountAsync() };
        using var call = server.Client.StreamingInputCall();
        for (var message = 0; message < 3; message++)
            await call.RequestStream.WriteAsync(new() { Payload = new() { Body = ByteString.CopyFrom(new byte[100]) } });
        await call.RequestStream.CompleteAsync();

        Assert.Equal(3, (await call).AggregatedPayloadSize);
    }

    [Fact]
    public async Task Misuse_of_the_streams_is_named()
    {
        var messages = new List<string>();
        IAsyncStreamReader<StreamingOutputCallRequest>? reader = null;
        IServerStreamWriter<StreamingOutputCallResponse>? writer = null;
        Service.OnDuplex = async (requests, responses, context) =>
        {
            (reader, writer) = (requests, responses);
            var read = requests.MoveNext();
            messages.Add(Assert.Throws<InvalidOperationException>(() => { requests.MoveNext().GetAwaiter().GetResult(); }).Message);
            await responses.WriteAsync(new StreamingOutputCallResponse());
            messages.Add((await Assert.ThrowsAsync<InvalidOperationException>(() => context.WriteResponseHeadersAsync([]))).Message);
            await read;
        };
        using (var call = _server.Client.FullDuplexCall())
        {
            Assert.True(await call.ResponseStream.MoveNext());
            await call.RequestStream.WriteAsync(new StreamingOutputCallRequest());
            Assert.False(await call.ResponseStream.MoveNext());
        }
        messages.Add((await Assert.ThrowsAsync<InvalidOperationException>(() => reader!.MoveNext())).Message);
        messages.Add((await Assert.ThrowsAsync<InvalidOperationException>(() => writer!.WriteAsync(new()))).Message);

        Assert.Equal(
        [
            "Can't read the next message because the previous read is still in progress.",
            "Response headers can only be sent once per call.",
            "Can't read messages after the request is complete.",
            "Can't write the message because the request is complete.",
        ], messages);
    }

    [Fact]
    public async Task A_write_that_the_method_did_not_wait_for_still_arrives()
    {
        Service.OnOutput = (responses, context) =>
        {
            _ = responses.WriteAsync(new StreamingOutputCallResponse { Payload = new() { Body = ByteString.CopyFrom(new byte[3 << 20]) } });
            return Task.CompletedTask;
        };
        using var call = _server.Client.StreamingOutputCall(new StreamingOutputCallRequest());

        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal(3 << 20, call.ResponseStream.Current.Payload.Body.Length);
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task The_context_tells_who_calls_what()
    {
        var seen = "";
        Service.OnUnary = (_, context) =>
        {
            context.UserState["key"] = "kept";
            seen = $"{context.Method} {context.Host} {context.Peer.Split(':')[0]} {context.GetHttpContext().Items["key"]}";
            return Task.FromResult(new SimpleResponse());
        };

        await _server.Client.UnaryCallAsync(new SimpleRequest());

        Assert.Equal($"/grpc.testing.TestService/UnaryCall {_server.Address.Authority} ipv4 kept", seen);
    }

    [Fact]
    public async Task Interceptors_stand_around_every_kind_of_call_first_one_outermost()
    {
        var trace = new List<string>();
        await using var server = await GrpcServer.StartAsync(
            options =>
            {
                options.Interceptors.Add<TracingInterceptor>("outer");
                options.Interceptors.Add<RegisteredInterceptor>();
            },
            services => services.AddSingleton(trace).AddSingleton<RegisteredInterceptor>());

        await server.Client.UnaryCallAsync(new SimpleRequest());
        await server.Client.StreamingInputCall();
        using var output = server.Client.StreamingOutputCall(new StreamingOutputCallRequest());
        await output.ResponseStream.MoveNext();
        using var duplex = server.Client.FullDuplexCall();
        await duplex.ResponseStream.MoveNext();

        Assert.Equal(
            [
                "outer Unary", "inner Unary", "disposed", "outer ClientStreaming", "disposed", "outer ServerStreaming", "disposed",
                "outer DuplexStreaming",
            ],
            trace.Take(8));
    }

    [Fact]
    public async Task A_service_is_made_for_each_call_and_disposed_after_it()
    {
        var trace = new List<string>();
        await using var server = await GrpcServer.StartAsync(
            services: services => services.AddSingleton(trace), map: app => app.MapGrpcService<ShortLivedService>());

        for (var call = 0; call < 2; call++)
        {
            await Assert.ThrowsAsync<RpcException>(async () =>
                await new UnimplementedService.UnimplementedServiceClient(server.Channel).UnimplementedCallAsync(new Empty()));
        }
        await server.StopAsync();

        Assert.Equal(["made", "disposed", "made", "disposed"], trace);
    }

    [Fact]
    public async Task Attributes_of_a_service_and_its_methods_are_on_the_endpoints()
    {
        await using var server = await GrpcServer.StartAsync(
            services: services => services.AddSingleton(new List<string>()), map: app => app.MapGrpcService<ShortLivedService>());

        var endpoint = server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Single(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType == typeof(ShortLivedService));

        Assert.Equal(
            "/grpc.testing.UnimplementedService/UnimplementedCall", endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()!.Method.FullName);
        Assert.Equal(["class", "method"], endpoint.Metadata.GetOrderedMetadata<MarkAttribute>().Select(mark => mark.Text));
    }

    [Fact]
    public async Task Mapping_without_adding_names_the_remedy()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();

        var failure = Assert.Throws<InvalidOperationException>(() => app.MapGrpcService<ScriptedService>());

        Assert.Contains("AddGrpc", failure.Message, StringComparison.Ordinal);
    }

    static async Task Cancelled(CancellationToken token)
    {
        var done = new TaskCompletionSource();
        await using var registration = token.Register(done.SetResult);
        await done.Task.WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
    }

    sealed class TracingInterceptor(List<string> trace, string name) : Interceptor, IDisposable
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            trace.Add($"{name} Unary");
            return continuation(request, context);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, ServerCallContext context,
            ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trace.Add($"{name} ClientStreaming");
            return continuation(requestStream, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trace.Add($"{name} ServerStreaming");
            return continuation(request, responseStream, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trace.Add($"{name} DuplexStreaming");
            return continuation(requestStream, responseStream, context);
        }

        public void Dispose() => trace.Add("disposed");
    }

    sealed class RegisteredInterceptor(List<string> trace) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            trace.Add("inner Unary");
            return continuation(request, context);
        }
    }

    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
    sealed class MarkAttribute(string text) : Attribute
    {
        public string Text { get; } = text;
    }

    [Mark("class")]
    [SuppressMessage("Performance", "CA1812", Justification = "Made by the server.")]
    sealed class ShortLivedService : UnimplementedService.UnimplementedServiceBase, IDisposable
    {
        readonly List<string> _trace;

        public ShortLivedService(List<string> trace)
        {
            _trace = trace;
            trace.Add("made");
        }

        [Mark("method")]
        public override Task<Empty> UnimplementedCall(Empty request, ServerCallContext context) =>
            throw new RpcException(new Status(StatusCode.Unimplemented, ""));

        public void Dispose() => _trace.Add("disposed");
    }
}
