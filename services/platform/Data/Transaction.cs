using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Google.Protobuf;
using Governance.Platform.Audit;
using Governance.Platform.Identity;
using Governance.Platform.Messaging;
using Npgsql;

namespace Governance.Platform.Data;

/// <summary>
/// An open transaction. SQL is constant text with positional parameters ($1, $2 …); a value never becomes part of it. What is
/// published here leaves when, and only when, the transaction commits.
/// </summary>
public sealed class Transaction
{
    readonly NpgsqlConnection _connection;
    readonly List<OutboxRow> _events = [];
    bool _wrote;

    internal Transaction(string service, NpgsqlConnection connection, Caller caller, string action, DateTimeOffset now, CancellationToken cancellation)
    {
        Service = service;
        _connection = connection;
        Caller = caller;
        Action = action;
        // PostgreSQL keeps microseconds: a time that was saved and read again must equal the one that was decided with.
        Now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        Cancellation = cancellation;
    }

    public string Service { get; }

    /// <summary>On whose behalf this runs.</summary>
    public Caller Caller { get; }

    /// <summary>What the audit calls this: the rpc's name, or the job's.</summary>
    public string Action { get; }

    /// <summary>When it began; the one time of everything decided in it.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>The calendar day of <see cref="Now"/> in Asia/Shanghai.</summary>
    public DateOnly Today => Calendar.DateOf(Now);

    public CancellationToken Cancellation { get; }

    /// <summary>The audit has its entry of this transaction already.</summary>
    internal bool Recorded { get; set; }

    /// <summary>Runs a statement and answers with the number of rows it touched.</summary>
    public async Task<int> Execute([ConstantExpected] string sql, params object?[] parameters)
    {
        _wrote = true;
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>Runs a query and maps every row.</summary>
    public async Task<List<T>> Query<T>([ConstantExpected] string sql, Func<NpgsqlDataReader, T> map, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var rows = new List<T>();
        while (await reader.ReadAsync(Cancellation))
            rows.Add(map(reader));
        return rows;
    }

    /// <summary>Runs a query and hands out its rows one at a time, for results too large to hold.</summary>
    public async IAsyncEnumerable<T> Stream<T>([ConstantExpected] string sql, Func<NpgsqlDataReader, T> map, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        while (await reader.ReadAsync(Cancellation))
            yield return map(reader);
    }

    /// <summary>The first row, or <c>default</c> when there is none.</summary>
    public async Task<T?> First<T>([ConstantExpected] string sql, Func<NpgsqlDataReader, T> map, params object?[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        return await reader.ReadAsync(Cancellation) ? map(reader) : default;
    }

    /// <summary>Starts a binary COPY. A table with row-level security refuses COPY: copy to a temporary table, then insert … select.</summary>
    public Task<NpgsqlBinaryImporter> Copy([ConstantExpected] string sql)
    {
        _wrote = true;
        return _connection.BeginBinaryImportAsync(sql, Cancellation);
    }

    /// <summary>
    /// Publishes <paramref name="message"/> with the commit. <paramref name="subject"/> is the id of the thing it is about,
    /// <paramref name="division"/> where that thing lies, <paramref name="sequence"/> its version after this change. The message
    /// carries neither names nor identity numbers. A statement that changes many things at once inserts into <c>outbox</c> itself.
    /// </summary>
    public void Publish(IMessage message, string subject, string division, long sequence) =>
        _events.Add(new OutboxRow(message, subject, division, sequence));

    /// <summary>Runs <paramref name="work"/> to learn what it would do: what it changed and published is taken back.</summary>
    internal async Task<T> Rehearse<T>(Func<Task<T>> work)
    {
        var published = _events.Count;
        await Execute("savepoint rehearsal");
        var result = await work();
        await Execute("rollback to savepoint rehearsal");
        _events.RemoveRange(published, _events.Count - published);
        return result;
    }

    /// <summary>Tells the database what it may show and what the outbox says of every event: when, and in whose trace.</summary>
    internal async Task Begin()
    {
        await using var command = Command(
            "select enter_scope($1, true), set_config('governance.time', $2, true), set_config('governance.traceparent', $3, true)",
            [Caller.Division, Now.ToString("O", CultureInfo.InvariantCulture), Activity.Current?.Id ?? ""]);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>Writes what leaves with the commit: the events, and the audit entry of a transaction that changed something.</summary>
    internal async Task Finish()
    {
        if (_events.Count > 0)
            await Outbox.Write(this, _events);
        if (_wrote && !Recorded)
            await AuditTrail.Record(this, Caller.Division, [.. _events.Select(row => row.Subject).Distinct(StringComparer.Ordinal).Take(20)], "");
    }

    NpgsqlCommand Command(string sql, object?[] parameters)
    {
        var command = new NpgsqlCommand(sql, _connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        return command;
    }
}
