using Governance.Platform.Identity;
using Grpc.Core;
using Npgsql;

namespace Governance.Platform.Data;

/// <summary>
/// The service's database. All work is done in transactions that carry the caller's scope; row-level security keeps
/// everything outside of it invisible, whatever the query.
/// </summary>
public sealed class Database(string service, NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>The word that names the service, e.g. "monitoring".</summary>
    public string Service { get; } = service;

    public NpgsqlDataSource Source { get; } = source;

    internal DateOnly Today => Calendar.DateOf(time.GetUtcNow());

    /// <summary>Runs <paramref name="work"/> in one transaction on behalf of the rpc's caller, and commits it with its events and its audit entry.</summary>
    public Task<T> Transact<T>(ServerCallContext context, Func<Transaction, Task<T>> work) =>
        Transact(context.Caller(), context.Method, work, context.CancellationToken);

    /// <summary>Runs <paramref name="work"/> in one transaction on behalf of <paramref name="caller"/>; <paramref name="action"/> is what the audit will call it.</summary>
    public async Task<T> Transact<T>(Caller caller, string action, Func<Transaction, Task<T>> work, CancellationToken cancellation)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellation);
        return await Transact(connection, caller, action, work, cancellation);
    }

    /// <summary>
    /// Runs <paramref name="work"/> on behalf of the rpc's caller on one connection but in as many transactions as it begins. A transaction that
    /// waits for a caller's upload would hold up the feeds and the vacuum of the whole server.
    /// </summary>
    internal async Task<T> InSession<T>(ServerCallContext context, Func<Session, Task<T>> work)
    {
        await using var connection = await Source.OpenConnectionAsync(context.CancellationToken);
        return await work(new Session(this, connection, context.Caller(), context.Method, context.CancellationToken));
    }

    internal async Task<T> Transact<T>(NpgsqlConnection connection, Caller caller, string action, Func<Transaction, Task<T>> work,
        CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var open = new Transaction(Service, connection, caller, action, time.GetUtcNow(), cancellation);
        var result = await work(open);
        await open.Finish();
        await transaction.CommitAsync(cancellation);
        return result;
    }

    /// <summary>Runs <paramref name="work"/> as the service itself, seeing everything: event handlers and jobs.</summary>
    public Task<T> TransactAsSystem<T>(string action, Func<Transaction, Task<T>> work, CancellationToken cancellation) =>
        Transact(Caller.System(Service), action, work, cancellation);

    /// <inheritdoc cref="TransactAsSystem{T}"/>
    public Task TransactAsSystem(string action, Func<Transaction, Task> work, CancellationToken cancellation) =>
        TransactAsSystem(action, async transaction =>
        {
            await work(transaction);
            return true;
        }, cancellation);
}
