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
    bool _entered;
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
        await Enter();
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>Runs a query and maps every row.</summary>
    public async Task<List<T>> Query<T>([ConstantExpected] string sql, Func<NpgsqlDataReader, T> map, params object?[] parameters)
    {
        await using var question = Question(sql, parameters);
        await using var reader = await Ask(question);
        var rows = new List<T>();
        while (await reader.ReadAsync(Cancellation))
            rows.Add(map(reader));
        return rows;
    }

    /// <summary>Runs a query and hands out its rows one at a time, for results too large to hold.</summary>
    public async IAsyncEnumerable<T> Stream<T>([ConstantExpected] string sql, Func<NpgsqlDataReader, T> map, params object?[] parameters)
    {
        await using var question = Question(sql, parameters);
        await using var reader = await Ask(question);
        while (await reader.ReadAsync(Cancellation))
            yield return map(reader);
    }

    /// <summary>The first row, or <c>default</c> when there is none.</summary>
    public async Task<T?> First<T>([ConstantExpected] string sql, Func<NpgsqlDataReader, T> map, params object?[] parameters)
    {
        await using var question = Question(sql, parameters);
        await using var reader = await Ask(question);
        return await reader.ReadAsync(Cancellation) ? map(reader) : default;
    }

    /// <summary>
    /// Lets the statements to come join and sort a whole file or a whole division in memory, and take rows by their indexes from pages
    /// that were read a moment ago: for work that is done alone and seldom.
    /// </summary>
    public Task TakeMemory() => Execute("set local work_mem = '64MB'; set local maintenance_work_mem = '256MB'; set local random_page_cost = 1.1");

    /// <summary>Starts a binary COPY. A table with row-level security refuses COPY: copy to a temporary table, then insert … select.</summary>
    public async Task<NpgsqlBinaryImporter> Copy([ConstantExpected] string sql)
    {
        _wrote = true;
        await Enter();
        return await _connection.BeginBinaryImportAsync(sql, Cancellation);
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

    /// <summary>A query; ahead of the transaction's first one, in the same round trip, go the caller and the scope.</summary>
    NpgsqlBatch Question(string sql, object?[] parameters)
    {
        var question = new NpgsqlBatch(_connection);
        if (!_entered)
            question.BatchCommands.Add(Part(Entrance, Whose));
        question.BatchCommands.Add(Part(sql, parameters));
        return question;

        static NpgsqlBatchCommand Part(string sql, object?[] parameters)
        {
            var part = new NpgsqlBatchCommand(sql);
            foreach (var parameter in parameters)
                part.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
            return part;
        }
    }

    async Task<NpgsqlDataReader> Ask(NpgsqlBatch question)
    {
        var reader = await question.ExecuteReaderAsync(Cancellation);
        if (question.BatchCommands.Count > 1)
        {
            _entered = true;
            await reader.NextResultAsync(Cancellation);
        }
        return reader;
    }

    async Task Enter()
    {
        if (_entered)
            return;
        _entered = true;
        await using var command = Command(Entrance, Whose);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    // Tells the database what it may show, what the outbox says of every event – when, and in whose trace –, and whose change it is for
    // tables that keep a history. Not by the function enter_scope, which would be planned anew for every transaction.
    const string Entrance =
        """
        select set_config('governance.scope_from', $1, true), set_config('governance.scope_to', $1 || ':', true), set_config('governance.time', $2, true),
               set_config('governance.traceparent', $3, true), set_config('governance.actor', $4, true), set_config('governance.actor_name', $5, true),
               set_config('governance.action', $6, true)
        """;

    object?[] Whose =>
    [
        Caller.Division, Now.ToString("O", CultureInfo.InvariantCulture), Activity.Current?.Id ?? "", Caller.Subject, Caller.Name, Action,
    ];
}
