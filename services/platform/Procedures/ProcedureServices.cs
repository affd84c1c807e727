using Governance.Platform.Data;
using Governance.Platform.Policies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Governance.Platform.Procedures;

public static class ProcedureServices
{
    /// <summary>
    /// Declares a procedure that the service runs, and what happens when it ends, in the same transaction. A definition that the
    /// policy files lack, or that they get wrong, keeps the service from starting.
    /// </summary>
    public static ServiceBuilder Procedure(
        this ServiceBuilder service, string definition, Func<Transaction, ProcedureCompleted, Task> completed) =>
        service.Procedure(definition, (_, transaction, outcome) => completed(transaction, outcome));

    /// <inheritdoc cref="Procedure(ServiceBuilder, string, Func{Transaction, ProcedureCompleted, Task})"/>
    /// <remarks>
    /// The reactions get the service's container, e.g. for starting the next procedure. <paramref name="stepped"/> is told of every step
    /// on the way; by throwing it refuses what was done.
    /// </remarks>
    public static ServiceBuilder Procedure(
        this ServiceBuilder service, string definition, Func<IServiceProvider, Transaction, ProcedureCompleted, Task> completed,
        Func<IServiceProvider, Transaction, ProcedureStepped, Task>? stepped = null)
    {
        service.Services.AddSingleton(new ProcedureReaction(definition, completed, stepped));
        service.Services.TryAddSingleton(provider => new Procedures(
            provider.GetRequiredService<PolicyBook>(), provider.GetServices<ProcedureReaction>(), provider));
        service.Services.TryAddSingleton<ProcedureDesk>();
        service.Services.TryAddSingleton<ProcedureSweeper>();
        service.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ProcedureSweeper>(
            provider => provider.GetRequiredService<ProcedureSweeper>()));
        return service.AddPolicyBook();
    }
}
