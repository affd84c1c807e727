using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Governance.Interop;
using Governance.Support;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Xunit;
using static Governance.Polyfills.Tests.Grpc.Frames;

namespace Governance.Polyfills.Tests.Grpc;

/// <summary>What the client makes of servers, above all of bad ones.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    static readonly byte[] _answer = Frame(new SimpleResponse { Payload = new() });

    /// <summary>What the bare HTTP/2 server does with a request.</summary>
    RequestDelegate _serve = _ => Task.CompletedTask;
    WebApplication _app = null!;
    GrpcChannel _channel = null!;
    TestService.TestServiceClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.Run(http => _serve(http));
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(_app.Urls.First());
        _client = new TestService.TestServiceClient(_channel);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(431, StatusCode.Internal)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(302, StatusCode.Unknown)]
    [InlineData(200, StatusCode.Unknown)]
    public async Task An_answer_that_is_not_grpc_becomes_a_status(int http, StatusCode status)
    {
        _serve = context =>
        {
            context.Response.StatusCode = http;
            return Task.CompletedTask;
        };

        Assert.Equal(status, (await UnaryFails()).StatusCode);
        Assert.Equal(status, (await DuplexFails()).StatusCode);
    }

    [Fact]
    public async Task A_status_in_the_headers_wins_over_the_http_status()
    {
        _serve = context =>
        {
            context.Response.StatusCode = 500;
            context.Response.Headers.GrpcStatus = "9";
            context.Response.Headers.GrpcMessage = "%E4%B8%8D%zz";
            return Task.CompletedTask;
        };

        var failure = await UnaryFails();

        Assert.Equal(StatusCode.FailedPrecondition, failure.StatusCode);
        Assert.Equal("不%zz", failure.Status.Detail);
    }

    public static TheoryData<string, byte[], string?, string?, StatusCode> Answers() => new()
    {
        { "no message", [], "0", null, StatusCode.Internal },
        { "two messages", [.. _answer, .. _answer], "0", null, StatusCode.Internal },
        { "a truncated message", _answer[..^1], "0", null, StatusCode.Internal },
        { "no status", _answer, null, null, StatusCode.Unknown },
        { "a status that is no number", _answer, "abc", null, StatusCode.Unknown },
        { "a status of the future", _answer, "99", null, StatusCode.Unknown },
        { "a message and an error", _answer, "6", null, StatusCode.AlreadyExists },
        { "garbage", Frame(0, [0xFF]), "0", null, StatusCode.Internal },
        { "a length past the limit", [0, 0xFF, 0, 0, 0], "0", null, StatusCode.ResourceExhausted },
        { "64 MiB of zeros in 64 KiB", Frame(1, Compress(new byte[64 << 20])), "0", "gzip", StatusCode.ResourceExhausted },
        { "an unknown compression", Frame(1, [1]), "0", "snappy", StatusCode.Unimplemented },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_bad_answer_becomes_a_status(string answer, byte[] body, string? status, string? encoding, StatusCode expected)
    {
        _serve = context => Answer(context, body, status, encoding);

        var failure = await UnaryFails();

        Assert.True(expected == failure.StatusCode, $"{answer}: {failure.Status}");
    }

    [Theory]
    [InlineData(0, StatusCode.Internal)]
    [InlineData(1, StatusCode.Internal)]
    [InlineData(2, StatusCode.Internal)]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public async Task A_reset_stream_becomes_a_status(int error, StatusCode status)
    {
        _serve = context =>
        {
            context.Features.Get<IHttpResetFeature>()!.Reset(error);
            return Task.CompletedTask;
        };

        Assert.Equal(status, (await UnaryFails()).StatusCode);
        Assert.Equal(status, (await DuplexFails()).StatusCode);
        using var call = _client.StreamingInputCall();
        Assert.Equal(status, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
    }

    [Fact]
    public async Task A_stream_reset_between_messages_fails_the_next_read()
    {
        _serve = async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(Frame(new StreamingOutputCallResponse()));
            await context.Response.Body.FlushAsync();
            await context.Request.Body.ReadExactlyAsync(new byte[5]);
            context.Features.Get<IHttpResetFeature>()!.Reset(11);
        };
        using var call = _client.FullDuplexCall();
        Assert.True(await call.ResponseStream.MoveNext());
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest());

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Ports.Free()}");
        var client = new TestService.TestServiceClient(channel);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.EmptyCallAsync(new Empty()));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Contains("cannot be reached", failure.Status.Detail, StringComparison.Ordinal);

        using var call = client.FullDuplexCall();
        failure = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new StreamingOutputCallRequest()));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_unavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var channel = GrpcChannel.ForAddress($"http://{listener.LocalEndpoint}");
        var call = new TestService.TestServiceClient(channel).EmptyCallAsync(new Empty());

        using (var connection = await listener.AcceptTcpClientAsync())
        {
            await connection.GetStream().ReadExactlyAsync(new byte[24]);
        }

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
    }

    [Fact]
    public async Task A_new_call_finds_a_server_that_has_restarted()
    {
        var first = await GrpcServer.StartAsync();
        using var channel = GrpcChannel.ForAddress(first.Address);
        var client = new TestService.TestServiceClient(channel);
        await client.UnaryCallAsync(new SimpleRequest());
        await first.StopAsync();
        await first.DisposeAsync();
        await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryCallAsync(new SimpleRequest()));

        await using var second = await GrpcServer.StartAsync(port: first.Address.Port);

        await client.UnaryCallAsync(new SimpleRequest());
    }

    [Fact]
    public async Task The_deadline_ends_a_call_that_nobody_answers()
    {
        var aborted = new TaskCompletionSource();
        var timeout = "";
        _serve = async context =>
        {
            timeout = context.Request.Headers.GrpcTimeout;
            context.RequestAborted.Register(aborted.SetResult);
            await aborted.Task;
        };

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await _client.UnaryCallAsync(new SimpleRequest(), deadline: Now.AddMilliseconds(200)));

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        Assert.EndsWith("m", timeout, StringComparison.Ordinal);
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_deadline_ends_a_stream_that_nobody_reads()
    {
        var aborted = new TaskCompletionSource();
        _serve = async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            await Answer(context, Frame(new StreamingOutputCallResponse()), null, null);
            await aborted.Task;
        };
        using var call = _client.StreamingOutputCall(new StreamingOutputCallRequest(), deadline: Now.AddMilliseconds(200));

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(StatusCode.DeadlineExceeded, call.GetStatus().StatusCode);
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    [Fact]
    public async Task A_call_past_its_deadline_is_not_sent()
    {
        var requests = 0;
        _serve = _ =>
        {
            requests++;
            return Task.CompletedTask;
        };

        foreach (var deadline in new[] { Now.AddSeconds(-1), DateTime.MinValue })
        {
            var failure = await Assert.ThrowsAsync<RpcException>(async () =>
                await _client.UnaryCallAsync(new SimpleRequest(), deadline: deadline));
            Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        }
        Assert.Equal(0, requests);
    }

    [Fact]
    public void A_deadline_must_be_in_utc() =>
        Assert.Throws<InvalidOperationException>(() => _client.UnaryCallAsync(
            new SimpleRequest(), deadline: new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Local)));

    [Fact]
    public async Task Cancelling_the_token_cancels_the_call_on_both_sides()
    {
        var (started, aborted) = (new TaskCompletionSource(), new TaskCompletionSource());
        _serve = async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            started.SetResult();
            await aborted.Task;
        };
        using var cancellation = new CancellationTokenSource();
        var call = _client.UnaryCallAsync(new SimpleRequest(), cancellationToken: cancellation.Token);
        await started.Task;

        await cancellation.CancelAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        Assert.Equal("Call canceled by the client.", failure.Status.Detail);
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Disposing_a_stream_before_its_end_cancels_it_on_both_sides()
    {
        var aborted = new TaskCompletionSource();
        _serve = async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            await Answer(context, Frame(new StreamingOutputCallResponse()), null, null);
            await aborted.Task;
        };
        var call = _client.StreamingOutputCall(new StreamingOutputCallRequest());
        Assert.True(await call.ResponseStream.MoveNext());

        call.Dispose();

        Assert.Equal("gRPC call disposed.", call.GetStatus().Detail);
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_write_to_a_call_that_has_failed_says_why()
    {
        _serve = context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers.GrpcStatus = "7";
            return Task.CompletedTask;
        };
        using var call = _client.StreamingInputCall();
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            // The failure may still be under way while the first messages leave.
            while (true)
                await call.RequestStream.WriteAsync(new StreamingInputCallRequest());
        });

        Assert.Equal(StatusCode.PermissionDenied, failure.StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
    }

    [Fact]
    public async Task Headers_arrive_before_messages_and_trailers_after_them()
    {
        var release = new TaskCompletionSource();
        _serve = async context =>
        {
            context.Response.Headers["x-header"] = "h";
            context.Response.ContentType = "application/grpc";
            await context.Response.BodyWriter.FlushAsync();
            await release.Task;
            await context.Response.Body.WriteAsync(_answer);
            context.Response.AppendTrailer("x-trailer-bin", "AQI, Aw==");
            context.Response.AppendTrailer("grpc-status", "0");
        };
        using var call = _client.UnaryCallAsync(new SimpleRequest());

        Assert.Equal("h", (await call.ResponseHeadersAsync).GetValue("x-header"));
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
        release.SetResult();
        await call;

        Assert.Equal(["0102", "03"], call.GetTrailers().GetAll("x-trailer-bin").Select(entry => Convert.ToHexString(entry.ValueBytes)));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task The_request_is_as_the_protocol_says()
    {
        IHeaderDictionary headers = null!;
        var body = Array.Empty<byte>();
        _serve = async context =>
        {
            headers = context.Request.Headers;
            var copy = new MemoryStream();
            await context.Request.Body.CopyToAsync(copy);
            body = copy.ToArray();
            await Answer(context, _answer, "0", null);
        };

        await _client.UnaryCallAsync(new SimpleRequest { ResponseSize = 7 }, [new("X-Text", "t"), new("x-bytes-bin", [1])]);

        Assert.Equal("application/grpc", headers.ContentType);
        Assert.Equal("trailers", headers.TE);
        Assert.Equal("identity,gzip,deflate", headers.GrpcAcceptEncoding);
        Assert.StartsWith("grpc-", headers.UserAgent.ToString(), StringComparison.Ordinal);
        Assert.Equal("t", headers["x-text"]);
        Assert.Equal("AQ", headers["x-bytes-bin"]);
        Assert.Equal(0, headers.GrpcTimeout.Count);
        Assert.Equal(Frame(new SimpleRequest { ResponseSize = 7 }), body);
    }

    [Fact]
    public async Task A_request_past_the_limit_is_refused_before_it_is_sent()
    {
        using var channel = GrpcChannel.ForAddress(_app.Urls.First(), new GrpcChannelOptions { MaxSendMessageSize = 10 });
        var client = new TestService.TestServiceClient(channel);
        var request = new SimpleRequest { Payload = new() { Body = ByteString.CopyFrom(new byte[11]) } };

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryCallAsync(request));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task Misuse_of_the_streams_is_named()
    {
        var release = new TaskCompletionSource();
        _serve = context => release.Task;
        using var call = _client.FullDuplexCall();
        var read = call.ResponseStream.MoveNext();

        var messages = new List<string>
        {
            (await Assert.ThrowsAsync<InvalidOperationException>(() => call.ResponseStream.MoveNext())).Message,
        };
        await call.RequestStream.CompleteAsync();
        messages.Add((await Assert.ThrowsAsync<InvalidOperationException>(
            () => call.RequestStream.WriteAsync(new StreamingOutputCallRequest()))).Message);
        release.SetResult();
        await Assert.ThrowsAsync<RpcException>(() => read);

        Assert.Equal(
            ["Can't read the next message because the previous read is still in progress.", "Request stream has already been completed."],
            messages);
    }

    [Fact]
    public async Task A_blocking_call_answers_or_throws()
    {
        _serve = context => Answer(context, _answer, "0", null);
        Assert.NotNull(await Task.Run(() => _client.UnaryCall(new SimpleRequest())));

        _serve = context => Answer(context, [], "5", null);
        var failure = await Assert.ThrowsAsync<RpcException>(() => Task.Run(() => _client.UnaryCall(new SimpleRequest())));
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
    }

    [Fact]
    public void An_address_without_a_scheme_is_refused() =>
        Assert.ThrowsAny<ArgumentException>(() => GrpcChannel.ForAddress(new Uri("dns:///somewhere")));

    static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    static async Task Answer(HttpContext context, byte[] body, string? status, string? encoding)
    {
        context.Response.ContentType = "application/grpc";
        if (encoding is not null)
            context.Response.Headers.GrpcEncoding = encoding;
        await context.Response.Body.WriteAsync(body);
        await context.Response.Body.FlushAsync();
        if (status is not null)
            context.Response.AppendTrailer("grpc-status", status);
    }

    static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return target.ToArray();
    }

    async Task<RpcException> UnaryFails() =>
        await Assert.ThrowsAsync<RpcException>(async () => await _client.UnaryCallAsync(new SimpleRequest()));

    async Task<RpcException> DuplexFails()
    {
        using var call = _client.FullDuplexCall();
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
    }
}
