using Google.Protobuf;
using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Data;
using Governance.Platform.Directories;
using Governance.Platform.Messaging;
using Governance.Platform.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Platform;

/// <summary>What makes one service differ from another: the rpcs that it serves and the events that it listens to.</summary>
public sealed class ServiceBuilder
{
    internal ServiceBuilder(string name, IServiceCollection services, IConfiguration configuration)
    {
        Name = name;
        Services = services;
        Configuration = configuration;
    }

    /// <summary>The one word that names everything of the service.</summary>
    public string Name { get; }

    public IServiceCollection Services { get; }

    public IConfiguration Configuration { get; }

    internal List<Action<IEndpointRouteBuilder>> Endpoints { get; } = [];

    internal Handlers Handlers { get; } = new();

    /// <summary>Serves the rpcs of <typeparamref name="T"/>, a class derived from a generated service base. It is made once.</summary>
    public ServiceBuilder Serve<T>() where T : class
    {
        Services.AddSingleton<T>();
        Endpoints.Add(endpoints => endpoints.MapGrpcService<T>());
        return this;
    }

    /// <summary>
    /// Declares the service's rules: the public static <see cref="Rule"/> fields of <paramref name="declarations"/>. A constraint in the
    /// database that is named by the code of one of them is answered as that rule.
    /// </summary>
    public ServiceBuilder Rules(Type declarations)
    {
        foreach (var rule in RuleBook.DeclaredIn(declarations))
            Services.AddSingleton(rule);
        return this;
    }

    /// <summary>
    /// Reacts to events of another service. The handler runs as the system in the transaction that also notes the event's id, so
    /// it takes effect once; it must bear an event that comes before an earlier one. Of an event that every service tells alike, such as
    /// <see cref="ProcedureStepOverdue"/>, <paramref name="services"/> are those to listen to; any other has its own service.
    /// </summary>
    public ServiceBuilder On<T>(Func<Transaction, Delivery<T>, Task> handle, params string[] services) where T : class, IMessage<T>, new()
    {
        Handlers.Add(handle, services);
        return this;
    }

    /// <summary>Keeps a copy of organizations' divisions and settlements by its events, for <see cref="DirectoryStore"/> to look up.</summary>
    public ServiceBuilder KeepDirectories() =>
        On<DivisionChanged>(DirectoryStore.Keep).On<SettlementChanged>(DirectoryStore.Keep);
}
