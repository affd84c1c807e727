using System.IO.Compression;
using System.Net;
using Google.Protobuf;
using Governance.Interop;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;
using static Governance.Polyfills.Tests.Grpc.Frames;

namespace Governance.Polyfills.Tests.Grpc;

/// <summary>What the server answers to bytes that no honest client sends.</summary>
public sealed class MalformedInputTests : IAsyncLifetime
{
    static readonly byte[] _message = Frame(new SimpleRequest { ResponseSize = 1 });
    static readonly byte[] _compressed = Compress(new SimpleRequest { ResponseSize = 1 }.ToByteArray());

    GrpcServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await GrpcServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public static TheoryData<string, byte[], string?, StatusCode> Bodies() => new()
    {
        { "one message", _message, null, StatusCode.OK },
        { "one empty message", Frame(0, []), null, StatusCode.OK },
        { "two messages", [.. _message, .. _message], null, StatusCode.Internal },
        { "no message", [], null, StatusCode.Internal },
        { "half a head", [0, 0], null, StatusCode.Internal },
        { "a truncated message", _message[..^1], null, StatusCode.Internal },
        { "an unknown flag", Frame(2, []), null, StatusCode.Internal },
        { "an unparsable message", Frame(0, [0xFF, 0xFF, 0xFF]), null, StatusCode.Internal },
        { "a length of 4 GiB", [0, 0xFF, 0xFF, 0xFF, 0xFF], null, StatusCode.ResourceExhausted },
        { "a length just over the limit", [0, 0, 0x40, 0, 1], null, StatusCode.ResourceExhausted },
        { "compressed", Frame(1, _compressed), "gzip", StatusCode.OK },
        { "compressed without saying how", Frame(1, _compressed), null, StatusCode.Internal },
        { "compressed as identity", Frame(1, _compressed), "identity", StatusCode.Internal },
        { "compressed in an unknown way", Frame(1, _compressed), "snappy", StatusCode.Unimplemented },
        { "not compressed, though it could be in an unknown way", _message, "snappy", StatusCode.OK },
        { "compressed garbage", Frame(1, [1, 2, 3, 4, 5, 6, 7, 8, 9]), "gzip", StatusCode.Internal },
        { "64 MiB of zeros in 64 KiB", Frame(1, Compress(new byte[64 << 20])), "gzip", StatusCode.ResourceExhausted },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_is_answered_with_its_status(string body, byte[] bytes, string? encoding, StatusCode status)
    {
        var response = await _server.SendAsync(bytes, request =>
        {
            if (encoding is not null)
                request.Headers.TryAddWithoutValidation("grpc-encoding", encoding);
        });

        Assert.Equal(HttpStatusCode.OK, response.HttpStatus);
        Assert.True((int)status == response.Status, $"{body}: {response.Status} {response.Message}");
    }

    [Fact]
    public async Task An_unknown_encoding_is_answered_with_the_known_ones()
    {
        var response = await _server.SendAsync(
            Frame(1, [1]), request => request.Headers.TryAddWithoutValidation("grpc-encoding", "snappy"));

        Assert.Equal("identity,gzip,deflate", response.Headers["grpc-accept-encoding"]);
    }

    [Theory]
    [InlineData("application/grpc", HttpStatusCode.OK)]
    [InlineData("application/grpc+proto", HttpStatusCode.OK)]
    [InlineData("application/grpc;charset=utf-8", HttpStatusCode.OK)]
    [InlineData("Application/GRPC", HttpStatusCode.OK)]
    [InlineData("application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpcx", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    public async Task Only_the_content_type_of_grpc_is_served(string contentType, HttpStatusCode status)
    {
        var response = await _server.SendAsync(_message, request =>
        {
            request.Content!.Headers.Remove("content-type");
            request.Content.Headers.TryAddWithoutValidation("content-type", contentType);
        });

        Assert.Equal(status, response.HttpStatus);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("0m")]
    [InlineData("5")]
    [InlineData("123456789m")]
    [InlineData("-1S")]
    [InlineData("5x")]
    public async Task A_timeout_that_is_none_is_ignored(string timeout)
    {
        var deadline = DateTime.MinValue;
        _server.Service.OnUnary = (_, context) =>
        {
            deadline = context.Deadline;
            return Task.FromResult(new SimpleResponse());
        };

        var response = await _server.SendAsync(_message, request => request.Headers.TryAddWithoutValidation("grpc-timeout", timeout));

        Assert.Equal(0, response.Status);
        Assert.Equal(DateTime.MaxValue, deadline);
    }

    [Theory]
    [InlineData("/grpc.testing.TestService/unarycall", "Method is unimplemented.")]
    [InlineData("/grpc.testing.TestService/UnaryCall/", "Method is unimplemented.")]
    [InlineData("/grpc.testing.TestService/Nothing", "Method is unimplemented.")]
    [InlineData("/grpc.testing.Nothing/UnaryCall", "Service is unimplemented.")]
    public async Task A_path_that_is_not_exactly_a_method_is_unimplemented(string path, string message)
    {
        var response = await _server.SendAsync(_message, path: path);

        Assert.Equal((int)StatusCode.Unimplemented, response.Status);
        Assert.Equal(message, response.Message);
    }

    [Fact]
    public async Task A_get_is_no_call()
    {
        var response = await _server.SendAsync([], request =>
        {
            request.Method = HttpMethod.Get;
            request.Content = null;
        });

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.HttpStatus);
    }

    [Fact]
    public async Task Http_1_is_told_to_upgrade()
    {
        await using var server = await GrpcServer.StartAsync(protocols: HttpProtocols.Http1);

        var response = await server.SendAsync(_message, request => request.Version = HttpVersion.Version11);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.HttpStatus);
        Assert.Equal("HTTP/2", response.Headers["upgrade"]);
    }

    [Theory]
    [InlineData("q6ur", "ABABAB")]
    [InlineData("q6s=, AQ", "ABAB 01")]
    [InlineData("q6s,,AQ==", "ABAB  01")]
    public async Task Joined_and_unpadded_binary_metadata_is_read(string sent, string entries)
    {
        Metadata? received = null;
        _server.Service.OnUnary = (_, context) =>
        {
            received = context.RequestHeaders;
            return Task.FromResult(new SimpleResponse());
        };

        await _server.SendAsync(_message, request => request.Headers.TryAddWithoutValidation("x-bin", sent));

        Assert.Equal(entries, string.Join(' ', received!.GetAll("x-bin").Select(entry => Convert.ToHexString(entry.ValueBytes))));
    }

    [Fact]
    public async Task Metadata_that_is_not_base64_fails_the_method_that_reads_it()
    {
        _server.Service.OnUnary = (_, context) =>
            Task.FromResult(new SimpleResponse { Payload = new() { Type = (PayloadType)context.RequestHeaders.Count } });

        var response = await _server.SendAsync(_message, request => request.Headers.TryAddWithoutValidation("x-bin", "***"));

        Assert.Equal((int)StatusCode.Internal, response.Status);
        Assert.Contains("x-bin", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_metadata_cannot_hold_is_passed_over()
    {
        Metadata? received = null;
        _server.Service.OnUnary = (_, context) =>
        {
            received = context.RequestHeaders;
            return Task.FromResult(new SimpleResponse());
        };

        var response = await _server.SendAsync(_message, request =>
        {
            request.Headers.TryAddWithoutValidation("odd!", "1");
            request.Headers.TryAddWithoutValidation("x-text", ["1", "2"]);
        });

        Assert.Equal(0, response.Status);
        Assert.Null(received!.Get("odd!"));
        Assert.Equal(["1", "2"], received.GetAll("x-text").SelectMany(entry => entry.Value.Split(", ")));
    }

    static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return target.ToArray();
    }
}
