using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server
{
    /// <summary>Continues the set-up of the gRPC server.</summary>
    public interface IGrpcServerBuilder
    {
        IServiceCollection Services { get; }
    }

    /// <summary>On every gRPC endpoint: the service type and the method that it serves.</summary>
    public sealed class GrpcMethodMetadata(Type serviceType, IMethod method)
    {
        public Type ServiceType { get; } = serviceType;
        public IMethod Method { get; } = method;
    }
}

namespace Grpc.Core
{
    public static class ServerCallContextExtensions
    {
        /// <summary>The HTTP request that carries the call.</summary>
        public static HttpContext GetHttpContext(this ServerCallContext serverCallContext) =>
            (serverCallContext as ServerCall)?.Http
            ?? throw new InvalidOperationException(
                "Could not get HttpContext from ServerCallContext: ASP.NET Core does not serve this call.");
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    public static class GrpcServicesExtensions
    {
        public static IGrpcServerBuilder AddGrpc(this IServiceCollection services) => services.AddGrpc(_ => { });

        public static IGrpcServerBuilder AddGrpc(this IServiceCollection services, Action<GrpcServiceOptions> configureOptions)
        {
            services.AddRouting();
            services.TryAddSingleton<GrpcServer>();
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, GrpcServer>(
                provider => provider.GetRequiredService<GrpcServer>()));
            services.TryAddSingleton(provider =>
                new InterceptorPipeline(provider.GetRequiredService<IOptions<GrpcServiceOptions>>().Value, provider));
            services.Configure(configureOptions);
            return new GrpcServerBuilder(services);
        }

        sealed record GrpcServerBuilder(IServiceCollection Services) : IGrpcServerBuilder;
    }
}

namespace Microsoft.AspNetCore.Builder
{
    /// <summary>Adds conventions, such as authorization, to every method of a mapped service.</summary>
    public sealed class GrpcServiceEndpointConventionBuilder : IEndpointConventionBuilder
    {
        readonly IReadOnlyList<IEndpointConventionBuilder> _methods;

        internal GrpcServiceEndpointConventionBuilder(IReadOnlyList<IEndpointConventionBuilder> methods) => _methods = methods;

        public void Add(Action<EndpointBuilder> convention)
        {
            foreach (var method in _methods)
                method.Add(convention);
        }
    }

    public static class GrpcEndpointRouteBuilderExtensions
    {
        /// <summary>Serves every rpc of <typeparamref name="TService"/>, which derives from a generated service base.</summary>
        public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
            where TService : class
        {
            var binder = Binder<TService>(builder);
            binder.Bind();
            return new GrpcServiceEndpointConventionBuilder(binder.Endpoints);
        }

        internal static ServiceBinder<TService> Binder<TService>(IEndpointRouteBuilder builder) where TService : class
        {
            var services = builder.ServiceProvider;
            var server = services.GetService<GrpcServer>() ?? throw new InvalidOperationException(
                "Unable to find the required services. Please add all the required services by calling 'IServiceCollection.AddGrpc' in the"
                + " application startup code.");
            return new ServiceBinder<TService>(builder, server, services.GetRequiredService<InterceptorPipeline>());
        }
    }
}
