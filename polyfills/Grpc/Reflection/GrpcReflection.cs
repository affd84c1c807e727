using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Reflection;
using Grpc.Reflection.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection
{
    public static class GrpcReflectionServiceExtensions
    {
        /// <summary>Lets clients ask the server for its contract.</summary>
        public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
        {
            services.AddGrpc();
            services.TryAddSingleton<ReflectionService>();
            return services;
        }
    }
}

namespace Microsoft.AspNetCore.Builder
{
    public static class GrpcReflectionEndpointRouteBuilderExtensions
    {
        /// <summary>Maps grpc.reflection.v1.ServerReflection and, under its older name v1alpha, the same once more.</summary>
        public static IEndpointConventionBuilder MapGrpcReflectionService(this IEndpointRouteBuilder builder)
        {
            var binder = GrpcEndpointRouteBuilderExtensions.Binder<ReflectionService>(builder);
            binder.Bind();
            ServerReflection.BindService(new OlderName(binder), null);
            return new GrpcServiceEndpointConventionBuilder(binder.Endpoints);
        }

        sealed class OlderName(ServiceBinderBase binder) : ServiceBinderBase
        {
            public override void AddMethod<TRequest, TResponse>(
                Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
                binder.AddMethod(
                    new Method<TRequest, TResponse>(method.Type, "grpc.reflection.v1alpha.ServerReflection", method.Name,
                        method.RequestMarshaller, method.ResponseMarshaller),
                    handler);
        }
    }
}
