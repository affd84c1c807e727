using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Governance.Contracts;
using Governance.Gateway.OpenApi;
using Governance.Gateway.Transcoding;
using Governance.Platform;
using Keycloak.AuthServices.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.ServiceDiscovery;
using Yarp.ReverseProxy.Transforms;

namespace Governance.Gateway;

/// <summary>The one door to the services: gRPC passes through, REST is transcoded; both are authenticated and limited here.</summary>
public static class Program
{
    public static async Task Main(string[] args)
    {
        await using var app = Build(new ConfigurationBuilder().AddCommandLine(args).Build());
        await app.RunAsync();
    }

    /// <summary>Builds the gateway to the suite's services. <paramref name="settings"/> have the last word over appsettings.json.</summary>
    public static WebApplication Build(IConfiguration settings) => Build(settings, Contract.Described);

    /// <summary>Builds a gateway to the services of <paramref name="files"/>.</summary>
    internal static WebApplication Build(IConfiguration settings, IReadOnlyList<FileDescriptor> files)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.Sources.Insert(0, new JsonStreamConfigurationSource
        {
            Stream = typeof(Program).Assembly.GetManifestResourceStream("appsettings.json")!,
        });
        builder.Configuration.AddConfiguration(settings);
        AddServices(builder, files);

        var app = builder.Build();
        app.Services.GetRequiredService<Collected>();
        var transcoder = app.Services.GetRequiredService<Transcoder>();
        app.Use(app.Services.GetRequiredService<Errors>().Invoke);
        app.Use(SecurityHeaders);
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "Governance";
            page.SwaggerEndpoint("/openapi.json", "Governance");
            page.OAuthClientId("governance-web");
            page.OAuthUsePkce();
        });
        app.Use(transcoder.Route);
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseRequestTimeouts();
        app.MapGet("/healthz", () => "OK").AllowAnonymous().DisableRateLimiting();
        MapDescriptions(app, files);
        app.MapReverseProxy(proxy =>
        {
            proxy.Use(transcoder.Forward);
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
        });
        app.MapFallback("{**path}", context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }).AllowAnonymous();
        return app;
    }

    /// <summary>What the services can do and tell, for people and for generators; written once, when the gateway starts.</summary>
    static void MapDescriptions(WebApplication app, IReadOnlyList<FileDescriptor> files)
    {
        var schemas = app.Services.GetRequiredService<Schemas>();
        var keycloak = app.Services.GetRequiredService<IOptionsMonitor<KeycloakAuthenticationOptions>>().Get("Bearer");
        var openApi = OpenApiDocument.Write(
            app.Services.GetRequiredService<IReadOnlyList<Binding>>(), schemas, keycloak.KeycloakUrlRealm.TrimEnd('/'));
        var asyncApi = AsyncApiDocument.Write(files, schemas);
        app.MapGet("/openapi.json", () => Results.Bytes(openApi, "application/json")).AllowAnonymous();
        app.MapGet("/asyncapi.json", () => Results.Bytes(asyncApi, "application/json")).AllowAnonymous();
    }

    static void AddServices(WebApplicationBuilder builder, IReadOnlyList<FileDescriptor> files)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        // What a status may carry is known beside the contract's own messages.
        var schemas = new Schemas([.. files, StatusReflection.Descriptor, ErrorDetailsReflection.Descriptor]);
        var limits = configuration.GetRequiredSection("Limits").Get<Limits>()!;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.UploadBytes;
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddJsonConsole();
        services.AddSingleton(schemas);
        services.AddSingleton(limits);
        services.AddSingleton(files);
        services.AddSingleton(Binding.In(files, schemas));
        services.AddSingleton(provider => new Router(provider.GetRequiredService<IReadOnlyList<Binding>>()));
        services.AddSingleton<Errors>();
        services.AddSingleton<Transcoder>();
        services.AddReverseProxy().LoadFromConfig(configuration.GetRequiredSection("ReverseProxy"))
            // The gateway itself tells a caller to go on, when it begins to read the body.
            .AddTransforms(transforms => transforms.AddRequestHeaderRemove("Expect"));
        services.AddSingleton<IDestinationResolver, DnsDestinations>();
        services.AddRequestTimeouts();
        services.AddKeycloakWebApiAuthentication(configuration, jwt => jwt.MapInboundClaims = false);
        services.AddAuthorization();
        services.AddOptions<AuthorizationOptions>().Configure<Transcoder>((authorization, transcoder) =>
        {
            // Whether the caller may do what it asks is the service's to decide; here it must be somebody.
            var policy = new AuthorizationPolicyBuilder()
                .RequireAssertion(call =>
                    call.User.Identity?.IsAuthenticated == true || call.Resource is HttpContext context && transcoder.IsPublic(context.Request))
                .Build();
            authorization.DefaultPolicy = policy;
            authorization.FallbackPolicy = policy;
        });
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (rejected, _) =>
            {
                rejected.HttpContext.Response.Headers.RetryAfter = "1";
                return ValueTask.CompletedTask;
            };
            var (signedIn, anonymous) = (Rate(limits.BurstCalls, limits.CallsPerSecond), Rate(limits.AnonymousBurstCalls, limits.AnonymousCallsPerSecond));
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, (string? Subject, IPAddress? Address)>(context =>
                context.User.FindFirstValue("sub") is { } subject
                    ? RateLimitPartition.GetTokenBucketLimiter((Subject: (string?)subject, Address: (IPAddress?)null), _ => signedIn)
                    : RateLimitPartition.GetTokenBucketLimiter((Subject: (string?)null, Address: (IPAddress?)Network(context.Connection.RemoteIpAddress)), _ => anonymous));
        });
        services.AddSingleton(_ => new Collected(Telemetry.Start("gateway", configuration)));
    }

    static TokenBucketRateLimiterOptions Rate(int burst, int perSecond) =>
        new() { TokenLimit = burst, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1) };

    /// <summary>What is counted as one address: of IPv6 the network, because everybody has 2⁶⁴ addresses there.</summary>
    internal static IPAddress Network(IPAddress? address)
    {
        if (address is null)
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    static Task SecurityHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        // Answers are data, or pages that have their looks in them and run nothing; only the page that shows the interface runs anything,
        // and it asks the realm for tokens.
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/docs", StringComparison.Ordinal)
            ? "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src *; frame-ancestors 'none'"
            : "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        return next(context);
    }

    /// <summary>Telemetry that ends with the gateway, after the last span; there may be none.</summary>
    sealed record Collected(Telemetry? Telemetry) : IDisposable
    {
        public void Dispose() => Telemetry?.Dispose();
    }
}
