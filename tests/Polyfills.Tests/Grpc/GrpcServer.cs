using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using Governance.Interop;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Polyfills.Tests.Grpc;

/// <summary>A service whose methods each test writes.</summary>
public sealed class ScriptedService : TestService.TestServiceBase
{
    public Func<SimpleRequest, ServerCallContext, Task<SimpleResponse>> OnUnary { get; set; } =
        (_, _) => Task.FromResult(new SimpleResponse());

    public Func<IAsyncStreamReader<StreamingInputCallRequest>, ServerCallContext, Task<StreamingInputCallResponse>> OnInput { get; set; } =
        (_, _) => Task.FromResult(new StreamingInputCallResponse());

    public Func<IServerStreamWriter<StreamingOutputCallResponse>, ServerCallContext, Task> OnOutput { get; set; } =
        (_, _) => Task.CompletedTask;

    public Func<IAsyncStreamReader<StreamingOutputCallRequest>, IServerStreamWriter<StreamingOutputCallResponse>, ServerCallContext, Task>
        OnDuplex { get; set; } = (_, _, _) => Task.CompletedTask;

    public override Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context) => OnUnary(request, context);

    public override Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requestStream, ServerCallContext context) => OnInput(requestStream, context);

    public override Task StreamingOutputCall(
        StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> responseStream, ServerCallContext context) =>
        OnOutput(responseStream, context);

    public override Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream, IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context) => OnDuplex(requestStream, responseStream, context);
}

/// <summary>A gRPC server on a free port, with a client that stands on ours and one that sends bare bytes.</summary>
public sealed class GrpcServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly GrpcChannel _channel;
    readonly HttpMessageInvoker _http = new(new SocketsHttpHandler());

    GrpcServer(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First());
        _channel = GrpcChannel.ForAddress(Address);
        Client = new TestService.TestServiceClient(_channel);
    }

    public Uri Address { get; }
    public GrpcChannel Channel => _channel;
    public TestService.TestServiceClient Client { get; }
    public IServiceProvider Services => _app.Services;

    /// <summary>What the scripted service does.</summary>
    public ScriptedService Service => _app.Services.GetRequiredService<ScriptedService>();

    public static async Task<GrpcServer> StartAsync(
        Action<GrpcServiceOptions>? options = null, Action<IServiceCollection>? services = null, Action<WebApplication>? map = null,
        HttpProtocols protocols = HttpProtocols.Http2, int port = 0, Action<KestrelServerOptions>? kestrel = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(IPAddress.Loopback, port, listen => listen.Protocols = protocols);
            kestrel?.Invoke(server);
        });
        builder.Services.AddGrpc(options ?? (_ => { }));
        builder.Services.AddSingleton<ScriptedService>();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapGrpcService<ScriptedService>();
        map?.Invoke(app);
        await app.StartAsync();
        return new GrpcServer(app);
    }

    /// <summary>Sends bare bytes; <paramref name="change"/> may spoil the request.</summary>
    public async Task<RawResponse> SendAsync(
        byte[] body, Action<HttpRequestMessage>? change = null, string path = "/grpc.testing.TestService/UnaryCall")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        change?.Invoke(request);
        using var response = await _http.SendAsync(request, CancellationToken.None);
        return await RawResponse.ReadAsync(response);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _http.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>A response as it came over the wire.</summary>
public sealed record RawResponse(
    HttpStatusCode HttpStatus, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Trailers, byte[] Body)
{
    /// <summary>grpc-status, wherever it stands; -1 when it is missing.</summary>
    public int Status => int.Parse(Headers.GetValueOrDefault("grpc-status") ?? Trailers.GetValueOrDefault("grpc-status") ?? "-1");

    public string Message => Headers.GetValueOrDefault("grpc-message") ?? Trailers.GetValueOrDefault("grpc-message") ?? "";

    /// <summary>The flag of every message.</summary>
    public IEnumerable<byte> Flags
    {
        get
        {
            for (var at = 0; at < Body.Length; at += 5 + BinaryPrimitives.ReadInt32BigEndian(Body.AsSpan(at + 1)))
                yield return Body[at];
        }
    }

    public static async Task<RawResponse> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync();
        return new RawResponse(
            response.StatusCode,
            response.Headers.NonValidated.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            response.TrailingHeaders.NonValidated.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body);
    }
}

/// <summary>Messages as bytes.</summary>
public static class Frames
{
    public static byte[] Frame(byte flag, byte[] message)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public static byte[] Frame(IMessage message) => Frame(0, message.ToByteArray());
}
