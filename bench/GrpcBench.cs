using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Governance.Bench.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Bench;

/// <summary>
/// The gRPC server and client beside the least that could do the same over Kestrel and HttpClient: an HTTP/2 handler that sends the body
/// back with a trailer, and a request with a framed body. What is between the two is the cost of gRPC itself.
/// </summary>
static class GrpcBench
{
    const int Requests = 100_000;

    sealed class EchoService : Echo.EchoBase
    {
        public override Task<EchoMessage> Say(EchoMessage request, ServerCallContext context) => Task.FromResult(request);
    }

    public static async Task Run()
    {
        await using var grpc = await Start(app => app.MapGrpcService<EchoService>());
        await using var plain = await Start(app => app.MapPost("/governance.bench.v1.Echo/Say", PlainEcho));
        var path = "/governance.bench.v1.Echo/Say";
        var frame = Frame(new EchoMessage { Text = "易地扶贫搬迁安置点" });

        var (served, bare) = await Report.InTurn(5,
            () => Load.Grpc(grpc.Urls.Single() + path, frame, Requests),
            () => Load.Grpc(plain.Urls.Single() + path, frame, Requests));
        Report.Figure("gRPC server, unary (h2load, 8 × 25)", served, "calls/s");
        Report.Figure("plain Kestrel HTTP/2 echo", bare, "calls/s");
        // A plain echo neither parses nor serializes nor reads metadata; the official server stands at about 0.8 of it.
        Report.AtLeast("gRPC server ÷ plain echo, throughput", served / bare, 0.75);
        Report.Figure("gRPC server, allocated", await Allocated(() => Load.Grpc(grpc.Urls.Single() + path, frame, Requests)) / Requests, "bytes/call");
        Report.Figure("plain echo, allocated", await Allocated(() => Load.Grpc(plain.Urls.Single() + path, frame, Requests)) / Requests, "bytes/call");

        using var channel = GrpcChannel.ForAddress(grpc.Urls.Single());
        var client = new Echo.EchoClient(channel);
        using var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        using var invoker = new HttpMessageInvoker(handler);
        var uri = new Uri(grpc.Urls.Single() + path);
        var message = new EchoMessage { Text = "易地扶贫搬迁安置点" };
        var (called, raw) = await Report.InTurn(5,
            () => CallsPerSecond(async () => _ = await client.SayAsync(message)),
            () => CallsPerSecond(() => RawCall(invoker, uri, frame)));
        Report.Figure("gRPC client, unary, 50 in flight", called, "calls/s");
        Report.Figure("bare HttpMessageInvoker, the same", raw, "calls/s");
        Report.AtLeast("gRPC client ÷ bare invoker, throughput", called / raw, 0.8);
    }

    static async Task<WebApplication> Start(Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }

    static async Task PlainEcho(HttpContext http)
    {
        http.Response.ContentType = "application/grpc";
        var body = http.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync();
            if (!read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            foreach (var segment in read.Buffer)
                http.Response.BodyWriter.Write(segment.Span);
            body.AdvanceTo(read.Buffer.End);
            break;
        }
        http.Response.AppendTrailer("grpc-status", "0");
    }

    static async Task RawCall(HttpMessageInvoker invoker, Uri uri, byte[] frame)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        using var response = await invoker.SendAsync(request, default);
        var body = await response.Content.ReadAsByteArrayAsync();
        EchoMessage.Parser.ParseFrom(body.AsSpan(5));
    }

    static async Task<double> CallsPerSecond(Func<Task> call)
    {
        const int Calls = 40_000;
        var left = Calls;
        var begun = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                await call();
        })));
        return Calls / TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
    }

    static async Task<double> Allocated(Func<Task> work)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await work();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    static byte[] Frame(EchoMessage message)
    {
        var bytes = message.ToByteArray();
        return [0, 0, 0, (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }
}
