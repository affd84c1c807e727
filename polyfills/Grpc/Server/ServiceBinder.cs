using System.Reflection;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server;

/// <summary>Turns the rpcs that a generated service base lists into endpoints that call <typeparamref name="TService"/>.</summary>
sealed class ServiceBinder<TService>(IEndpointRouteBuilder routes, GrpcServer server, InterceptorPipeline interceptors) : ServiceBinderBase
    where TService : class
{
    readonly Func<ServerCallContext, TService> _activate = Activation.For<TService>(routes.ServiceProvider, typeof(TService));
    readonly List<IEndpointConventionBuilder> _endpoints = [];

    delegate Task<TResponse> Unary<TRequest, TResponse>(TService service, TRequest request, ServerCallContext context);
    delegate Task<TResponse> ClientStreaming<TRequest, TResponse>(
        TService service, IAsyncStreamReader<TRequest> requests, ServerCallContext context);
    delegate Task ServerStreaming<TRequest, TResponse>(
        TService service, TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context);
    delegate Task DuplexStreaming<TRequest, TResponse>(
        TService service, IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, ServerCallContext context);

    public IReadOnlyList<IEndpointConventionBuilder> Endpoints => _endpoints;

    public void Bind()
    {
        var attribute = typeof(TService).GetCustomAttribute<BindServiceMethodAttribute>(inherit: true)
            ?? throw new InvalidOperationException($"{typeof(TService)} does not derive from a generated gRPC service base.");
        var bind = attribute.BindType.GetMethods(BindingFlags.Public | BindingFlags.Static).Single(method =>
            method.Name == attribute.BindMethodName && method.GetParameters() is [{ ParameterType: var first }, _]
            && first == typeof(ServiceBinderBase));
        bind.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [this, null], null);
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = Implementation<Unary<TRequest, TResponse>>(method, out var implementation);
        var serve = interceptors.Wrap<TRequest, TResponse>((request, context) => invoke(_activate(context), request, context));
        Map(method, implementation, [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))] async ValueTask (call) =>
            await call.WriteResponseAsync(await serve(await call.ReadRequestAsync(), call)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = Implementation<ClientStreaming<TRequest, TResponse>>(method, out var implementation);
        var serve = interceptors.Wrap<TRequest, TResponse>((ClientStreamingServerMethod<TRequest, TResponse>)(
            (requests, context) => invoke(_activate(context), requests, context)));
        Map(method, implementation, async call => await call.WriteResponseAsync(await serve(call, call)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = Implementation<ServerStreaming<TRequest, TResponse>>(method, out var implementation);
        var serve = interceptors.Wrap<TRequest, TResponse>((ServerStreamingServerMethod<TRequest, TResponse>)(
            (request, responses, context) => invoke(_activate(context), request, responses, context)));
        Map(method, implementation, async call => await serve(await call.ReadRequestAsync(), call, call));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = Implementation<DuplexStreaming<TRequest, TResponse>>(method, out var implementation);
        var serve = interceptors.Wrap<TRequest, TResponse>((DuplexStreamingServerMethod<TRequest, TResponse>)(
            (requests, responses, context) => invoke(_activate(context), requests, responses, context)));
        Map(method, implementation, call => new ValueTask(serve(call, call, call)));
    }

    void Map<TRequest, TResponse>(
        Method<TRequest, TResponse> method, MethodInfo implementation, Func<ServerCall<TRequest, TResponse>, ValueTask> serve)
        where TRequest : class where TResponse : class =>
        _endpoints.Add(server.Map(routes, method, serve,
        [
            new GrpcMethodMetadata(typeof(TService), method),
            .. typeof(TService).GetCustomAttributes(inherit: true),
            .. implementation.GetCustomAttributes(inherit: true),
        ]));

    /// <summary>The method of the service that implements an rpc, as a delegate that takes the service first.</summary>
    static TDelegate Implementation<TDelegate>(IMethod method, out MethodInfo implementation) where TDelegate : Delegate
    {
        var invoke = typeof(TDelegate).GetMethod("Invoke")!;
        Type[] parameters = [.. invoke.GetParameters().Skip(1).Select(parameter => parameter.ParameterType)];
        implementation = typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no public method for {method.FullName}.");
        return implementation.CreateDelegate<TDelegate>();
    }
}
