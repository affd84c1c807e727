using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>What every call of an application shares.</summary>
sealed partial class GrpcServer(IOptions<GrpcServiceOptions> options, IHostApplicationLifetime lifetime, ILogger<GrpcServer> logger)
    : IStartupFilter
{
    readonly HashSet<string> _services = new(StringComparer.Ordinal);

    public GrpcServiceOptions Options { get; } = options.Value;

    public CancellationToken Stopping { get; } = lifetime.ApplicationStopping;

    /// <summary>Serves one method at its path.</summary>
    public IEndpointConventionBuilder Map<TRequest, TResponse>(
        IEndpointRouteBuilder routes, Method<TRequest, TResponse> method, Func<ServerCall<TRequest, TResponse>, ValueTask> serve,
        IEnumerable<object> metadata)
        where TRequest : class where TResponse : class
    {
        _services.Add(method.ServiceName);
        return routes.Map(RoutePatternFactory.Parse(method.FullName), http => HandleAsync(http, method, serve))
            .WithDisplayName($"gRPC - {method.FullName}")
            .WithMetadata([.. metadata, new HttpMethodMetadata([HttpMethods.Post])]);
    }

    [LoggerMessage(1, LogLevel.Error, "The method {Method} failed unexpectedly.")]
    public partial void MethodFailed(string method, Exception exception);

    [LoggerMessage(2, LogLevel.Error,
        "The trailer {Key} of {Method} was left out: a text may hold only printable ASCII; use a key that ends with '-bin'.")]
    public partial void TrailerLeftOut(string method, string key);

    async Task HandleAsync<TRequest, TResponse>(
        HttpContext http, Method<TRequest, TResponse> method, Func<ServerCall<TRequest, TResponse>, ValueTask> serve)
        where TRequest : class where TResponse : class
    {
        if (!Accept(http))
            return;
        // Routing ignores case, gRPC does not.
        if (!string.Equals(http.Request.Path.Value, method.FullName, StringComparison.Ordinal))
        {
            AnswerUnimplemented(http);
            return;
        }
        var call = new ServerCall<TRequest, TResponse>(http, this, method);
        Exception? failure = null;
        try
        {
            await serve(call);
        }
        catch (Exception exception)
        {
            failure = exception;
        }
        await call.EndAsync(failure);
    }

    /// <summary>Answers calls that no endpoint takes. A catch-all route would do it too, at the cost of every call that has an
    /// endpoint.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        app.Use(following => http =>
        {
            if (!Wire.Headers.IsGrpc(http.Request.ContentType))
                return following(http);
            AnswerUnimplemented(http);
            return Task.CompletedTask;
        });
    };

    /// <summary>Whether the request is gRPC over HTTP/2; answers it when it is not.</summary>
    static bool Accept(HttpContext http)
    {
        if (!Wire.Headers.IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = "HTTP/2";
            return false;
        }
        return true;
    }

    void AnswerUnimplemented(HttpContext http)
    {
        var service = http.Request.Path.Value?.Split('/').ElementAtOrDefault(1) ?? "";
        http.Response.ContentType = Wire.Headers.ContentType;
        http.Response.Headers.GrpcStatus = Wire.Headers.FormatStatusCode(StatusCode.Unimplemented);
        http.Response.Headers.GrpcMessage = _services.Contains(service) ? "Method is unimplemented." : "Service is unimplemented.";
    }
}
