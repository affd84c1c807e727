using System.Net;
using System.Net.Http.Headers;
using Governance.Support;
using Governance.Trial.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

[assembly: AssemblyFixture(typeof(Governance.Gateway.Tests.GatewayFixture))]

namespace Governance.Gateway.Tests;

/// <summary>The gateway as it runs in production, before a library: real HTTP on both sides.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    WebApplication _library = null!;
    WebApplication _gateway = null!;
    TestIdentity _identity = null!;

    public LibraryService Library { get; } = new();

    /// <summary>Base address of REST.</summary>
    public Uri Rest => new(RestOf(_gateway));

    /// <summary>A client that is signed in.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Base address of gRPC.</summary>
    public Uri Grpc => new(GrpcOf(_gateway));

    /// <summary>A gRPC channel to the gateway.</summary>
    public GrpcChannel Channel { get; private set; } = null!;

    // Kestrel takes configured endpoints in the order of their names: Grpc, Rest.
    public static string RestOf(WebApplication gateway) => gateway.Urls.Last();

    public static string GrpcOf(WebApplication gateway) => gateway.Urls.First();

    /// <summary>Metadata that signs a gRPC call in.</summary>
    public Metadata SignedIn => new() { { "authorization", $"Bearer {Token}" } };

    public string Token => _identity.Token("61", ["books.read"]);

    public async ValueTask InitializeAsync()
    {
        _identity = await TestIdentity.Shared;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddSingleton(Library);
        builder.Services.AddGrpc();
        _library = builder.Build();
        _library.MapGrpcService<LibraryService>();
        await _library.StartAsync();
        _gateway = await Start();
        Http = Client(RestOf(_gateway));
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Channel = GrpcChannel.ForAddress(GrpcOf(_gateway));
    }

    /// <summary>One more gateway, with settings of its own.</summary>
    public async Task<WebApplication> Start(params (string Key, string Value)[] settings)
    {
        var usual = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Kestrel:Endpoints:Rest:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:Grpc:Url"] = "http://127.0.0.1:0",
            ["Keycloak:auth-server-url"] = _identity.Url,
            ["Limits:BurstCalls"] = "100000",
            ["Limits:AnonymousBurstCalls"] = "100000",
            ["Limits:UploadBytes"] = "20000000",
            ["ReverseProxy:Routes:trial:ClusterId"] = "trial",
            ["ReverseProxy:Routes:trial:Match:Path"] = "/governance.trial.v1.{service}/{method}",
            ["ReverseProxy:Routes:trial:Timeout"] = "00:00:30",
            ["ReverseProxy:Clusters:trial:Destinations:default:Address"] = _library.Urls.Single(),
            ["ReverseProxy:Clusters:trial:HttpRequest:Version"] = "2",
            ["ReverseProxy:Clusters:trial:HttpRequest:VersionPolicy"] = "RequestVersionExact",
            ["Logging:LogLevel:Default"] = "Error",
        };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(usual)
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)));
        var gateway = Program.Build(configuration.Build(), [LibraryReflection.Descriptor, LibraryEventsReflection.Descriptor]);
        await gateway.StartAsync();
        return gateway;
    }

    public static HttpClient Client(string address) => new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new(address) };

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Channel.Dispose();
        await _gateway.DisposeAsync();
        await _library.DisposeAsync();
    }
}
