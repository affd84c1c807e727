using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Platform.Procedures;

/// <summary>The SQL of procedures.</summary>
static class ProcedureStore
{
    const string Select =
        """
        select id, definition_version, subject, division, since, start_time, end_time, state, current, opened, done, overdue_told,
               array(select act::text from procedure_acts where procedure_id = procedures.id order by number)
        from procedures
        """;

    /// <summary>A definition never changes under its version, so what was read once is kept.</summary>
    static readonly ConcurrentDictionary<string, Definition> _definitions = new(StringComparer.Ordinal);

    sealed record Row(string Version, Func<Definition, Instance> Instance);

    public static async Task AddProcedure(this Transaction tx, Instance instance)
    {
        var definition = JsonSerializer.Serialize(new { instance.Definition.Title, instance.Definition.Steps });
        var citation = JsonFormatter.Default.Format(instance.Definition.Citation);
        var version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition + citation)));
        await tx.Execute(
            """
            insert into procedure_definitions (version, id, definition, citation) values ($1, $2, $3::json, $4::json)
            on conflict do nothing
            """,
            version, instance.Definition.Id, definition, citation);
        await tx.Execute(
            """
            insert into procedures (id, definition, definition_version, subject, division, since, start_time, end_time, state, current,
                opened, done, actor_division, permission, waits, due_date, end_date, overdue_told, version)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1)
            """,
            instance.Id, instance.Definition.Id, version, instance.Subject, instance.Division, instance.Since, instance.StartTime,
            instance.EndTime, (int)instance.State, instance.Current, Opened(instance), Done(instance),
            instance.ActorDivision(instance.Step), instance.Step.Permission, instance.Waits,
            instance.DueOf(instance.Current), instance.EndOf(instance.Current), instance.OverdueTold);
    }

    /// <summary>Saves what a move changed and answers with the procedure's new version.</summary>
    public static async Task<long> SaveProcedure(this Transaction tx, Instance before, Instance after)
    {
        var acts = after.Acts.Skip(before.Acts.Length).ToList();
        if (acts.Count > 0)
        {
            await tx.Execute(
                """
                insert into procedure_acts (procedure_id, number, division, act)
                select $1, number, $2, act::json from unnest($3::int[], $4::text[]) as row (number, act)
                """,
                after.Id, after.Division, acts.ConvertAll(act => act.Number), acts.ConvertAll(JsonFormatter.Default.Format));
        }
        return await tx.First(
            """
            update procedures
            set end_time = $2, state = $3, current = $4, opened = $5, done = $6, actor_division = $7, permission = $8, waits = $9,
                due_date = $10, end_date = $11, overdue_told = $12, division = $13, version = version + 1
            where id = $1
            returning version
            """,
            reader => reader.GetInt64(0),
            after.Id, after.EndTime, (int)after.State, after.Current, Opened(after), Done(after), after.ActorDivision(after.Step),
            after.Step.Permission, after.Waits, after.DueOf(after.Current), after.EndOf(after.Current), after.OverdueTold, after.Division);
    }

    /// <exception cref="NotFoundException">There is none within the caller's scope.</exception>
    public static async Task<Instance> Procedure(this Transaction tx, Guid id, bool forUpdate, WorkCalendar calendar)
    {
        // The lock comes first: acts that were added while waiting for it are then read, too.
        if (forUpdate)
            await tx.First("select id from procedures where id = $1 for update", reader => reader.GetGuid(0), id);
        var row = await tx.First(Select + " where id = $1", Read, id) ?? throw new NotFoundException("procedure", id.ToString());
        return await tx.Whole(row, calendar);
    }

    /// <summary>The latest procedure of a definition about a subject; <c>null</c> when there is none.</summary>
    public static async Task<Instance?> LatestProcedure(this Transaction tx, string definition, string subject, WorkCalendar calendar) =>
        await tx.First(Select + " where definition = $1 and subject = $2 order by id desc limit 1", Read, definition, subject) is { } row
            ? await tx.Whole(row, calendar)
            : null;

    /// <summary>The open steps that wait for the caller, soonest due first, after the one whose key is <paramref name="after"/>.</summary>
    public static async Task<List<Instance>> Tasks(this Transaction tx, bool overdue, (DateOnly Due, Guid Id) after, int limit, WorkCalendar calendar)
    {
        // The page is cut first, so that acts are gathered for its rows alone.
        var rows = await tx.Query(
            Select +
            """
             where id in (
                select id from procedures
                where state = 1 and waits and actor_division = $1 and permission = any($2)
                  and (coalesce(due_date, 'infinity'), id) > ($3, $4) and (due_date < $5 or not $6)
                order by coalesce(due_date, 'infinity'), id limit $7)
            order by coalesce(due_date, 'infinity'), id
            """,
            Read, tx.Caller.Division, tx.Caller.Permissions.ToArray(), after.Due, after.Id, tx.Today, overdue, limit);
        return await tx.Whole(rows, calendar);
    }

    /// <summary>
    /// The procedures whose open step is a notice or an announcement that is on, in the order of their ids: it has not had its last day,
    /// or an objection to it stands.
    /// </summary>
    public static async Task<List<Instance>> OpenNotices(this Transaction tx, Guid? id, Guid after, int limit, WorkCalendar calendar)
    {
        var rows = await tx.Query(
            Select +
            """
             where state = 1 and end_date is not null and (waits or end_date >= $1) and ($2::uuid is null or id = $2) and id > $3
            order by id limit $4
            """,
            Read, tx.Today, id, after, limit);
        return await tx.Whole(rows, calendar);
    }

    /// <summary>Procedures that time has done something to: a notice is over, or a deadline has passed and was not told.</summary>
    public static Task<List<Guid>> DueProcedures(this Transaction tx) =>
        tx.Query(
            """
            select id from procedures where state = 1 and not waits and end_date < $1
            union
            select id from procedures where state = 1 and not overdue_told and due_date < $1
            """,
            reader => reader.GetGuid(0), tx.Today);

    static async Task<List<Instance>> Whole(this Transaction tx, List<Row> rows, WorkCalendar calendar)
    {
        var instances = new List<Instance>(rows.Count);
        foreach (var row in rows)
            instances.Add(await tx.Whole(row, calendar));
        return instances;
    }

    static async Task<Instance> Whole(this Transaction tx, Row row, WorkCalendar calendar)
    {
        if (!_definitions.TryGetValue(row.Version, out var definition))
        {
            definition = (await tx.First(
                "select id, definition::text, citation::text from procedure_definitions where version = $1", ReadDefinition, row.Version))!;
            _definitions[row.Version] = definition;
        }
        return row.Instance(definition) with { WorkCalendar = calendar };
    }

    static Definition ReadDefinition(NpgsqlDataReader reader)
    {
        var content = JsonSerializer.Deserialize<ProcedureTemplate>(reader.GetString(1))!;
        return new Definition(reader.GetString(0), content.Title, content.Steps, PolicyCitation.Parser.ParseJson(reader.GetString(2)));
    }

    static Row Read(NpgsqlDataReader reader)
    {
        var (id, subject, division) = (reader.GetGuid(0), reader.GetString(2), reader.GetString(3));
        var (since, start) = (reader.GetFieldValue<DateOnly>(4), reader.GetFieldValue<DateTimeOffset>(5));
        var end = reader.IsDBNull(6) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(6);
        var (state, current, told) = ((ProcedureState)reader.GetInt32(7), reader.GetInt32(8), reader.GetBoolean(11));
        var (opened, done) = (reader.GetFieldValue<DateTimeOffset?[]>(9), reader.GetFieldValue<DateTimeOffset?[]>(10));
        var acts = reader.GetFieldValue<string[]>(12).Select(Common.V1.Act.Parser.ParseJson);
        return new Row(reader.GetString(1), definition => new Instance(id, definition, subject, division, since, start)
        {
            State = state,
            EndTime = end,
            Current = current,
            Times = [.. opened.Zip(done, (opened, done) => new StepTimes(opened, done))],
            Acts = [.. acts],
            OverdueTold = told,
        });
    }

    static DateTimeOffset?[] Opened(Instance instance) => [.. instance.Times.Select(times => times.Open)];

    static DateTimeOffset?[] Done(Instance instance) => [.. instance.Times.Select(times => times.Done)];
}
