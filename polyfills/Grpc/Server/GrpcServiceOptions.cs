using System.Collections.ObjectModel;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server;

/// <summary>How the gRPC server treats every service.</summary>
public class GrpcServiceOptions
{
    /// <summary>Largest response message in bytes; null means any.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Largest request message in bytes, also after it was inflated; null means any. 4 MiB when nothing else is said.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Whether callers are told the text of unexpected exceptions. For development only.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>"gzip" or "deflate" compresses responses for clients that accept it; null sends them as they are.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>What stands around every server method, outermost first.</summary>
    public InterceptorCollection Interceptors { get; } = [];
}

/// <summary>Interceptors by type. Each is taken from the services of the request, or made for the call when it is not registered.</summary>
public class InterceptorCollection : Collection<InterceptorRegistration>
{
    public void Add<TInterceptor>(params object[] args) where TInterceptor : Interceptor => Add(typeof(TInterceptor), args);

    /// <param name="interceptorType">Derives from <see cref="Interceptor"/>.</param>
    /// <param name="args">Constructor arguments that dependency injection does not know; with them the interceptor is always made for
    /// the call.</param>
    public void Add(Type interceptorType, params object[] args)
    {
        if (!typeof(Interceptor).IsAssignableFrom(interceptorType))
            throw new ArgumentException($"Type must inherit from {typeof(Interceptor).FullName}.", nameof(interceptorType));
        Add(new InterceptorRegistration(interceptorType, args));
    }
}

/// <summary>An interceptor's type and the constructor arguments that dependency injection does not know.</summary>
public class InterceptorRegistration
{
    internal InterceptorRegistration(Type type, object[] arguments) => (Type, Arguments) = (type, arguments);

    public Type Type { get; }
    internal object[] Arguments { get; }
}
