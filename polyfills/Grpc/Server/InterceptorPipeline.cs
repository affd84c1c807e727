using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Wraps a method in the interceptors, once at start, so that a call only follows delegates.</summary>
sealed class InterceptorPipeline(GrpcServiceOptions options, IServiceProvider services)
{
    // Innermost first, which is the order to wrap in.
    readonly Func<ServerCallContext, Interceptor>[] _interceptors =
    [
        .. options.Interceptors.Reverse().Select(interceptor =>
            Activation.For<Interceptor>(services, interceptor.Type, interceptor.Arguments)),
    ];

    public UnaryServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(UnaryServerMethod<TRequest, TResponse> method)
        where TRequest : class where TResponse : class =>
        _interceptors.Aggregate(method, (next, interceptor) =>
            (request, context) => interceptor(context).UnaryServerHandler(request, context, next));

    public ClientStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        ClientStreamingServerMethod<TRequest, TResponse> method)
        where TRequest : class where TResponse : class =>
        _interceptors.Aggregate(method, (next, interceptor) =>
            (requests, context) => interceptor(context).ClientStreamingServerHandler(requests, context, next));

    public ServerStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        ServerStreamingServerMethod<TRequest, TResponse> method)
        where TRequest : class where TResponse : class =>
        _interceptors.Aggregate(method, (next, interceptor) =>
            (request, responses, context) => interceptor(context).ServerStreamingServerHandler(request, responses, context, next));

    public DuplexStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        DuplexStreamingServerMethod<TRequest, TResponse> method)
        where TRequest : class where TResponse : class =>
        _interceptors.Aggregate(method, (next, interceptor) =>
            (requests, responses, context) => interceptor(context).DuplexStreamingServerHandler(requests, responses, context, next));
}

/// <summary>How services and interceptors come to be.</summary>
static class Activation
{
    /// <summary>From the services of the request when registered there; else made for the call, and disposed after it.</summary>
    public static Func<ServerCallContext, T> For<T>(IServiceProvider services, Type type, params object[] arguments)
    {
        if (arguments.Length == 0 && services.GetRequiredService<IServiceProviderIsService>().IsService(type))
            return context => (T)context.GetHttpContext().RequestServices.GetRequiredService(type);
        var factory = ActivatorUtilities.CreateFactory(type, [.. arguments.Select(argument => argument.GetType())]);
        return context =>
        {
            var http = context.GetHttpContext();
            var instance = factory(http.RequestServices, arguments);
            if (instance is IAsyncDisposable asyncDisposable)
                http.Response.RegisterForDisposeAsync(asyncDisposable);
            else if (instance is IDisposable disposable)
                http.Response.RegisterForDispose(disposable);
            return (T)instance;
        };
    }
}
