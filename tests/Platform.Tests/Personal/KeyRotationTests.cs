using System.Security.Cryptography;
using System.Text;
using Governance.Platform.Personal;
using Governance.Platform.Tests.Data;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Xunit;

namespace Governance.Platform.Tests.Personal;

public sealed class KeyRotationTests
{
    const int People = 3000;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_is_sealed_anew_while_others_write_and_the_old_key_can_go()
    {
        await using var platform = await PlatformDatabase.Create();
        using var old = Keys("old");
        using var both = Keys("new", "old");
        await Fill(platform, old);

        // A service that has both keys goes on: it changes rows and adds some.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var service = Task.Run(async () =>
        {
            for (var number = 0; number < 300 && !stop.IsCancellationRequested; number++)
            {
                await platform.As("61", async transaction =>
                {
                    await transaction.Execute("update people set note = note || '.' where id = $1", number * 7 % People);
                    await transaction.Execute("insert into people (id, division, number_sealed) values ($1, '61', $2)", People + number, both.Seal($"number {People + number}"));
                });
            }
        }, Cancellation);
        var resealed = await KeyRotation.Run(platform.Database, both, Cancellation);
        await service;
        Assert.Equal(People, resealed["people.number_sealed"]);
        Assert.Equal(1, resealed["import_rejects.\"row\""]);

        using var only = Keys("new");
        var people = await platform.As("61", transaction => transaction.Query("select id, number_sealed from people", row => (row.GetInt32(0), row.GetFieldValue<byte[]>(1))));
        Assert.Equal(People + 300, people.Count);
        Assert.All(people, person => Assert.Equal($"number {person.Item1}", only.Reveal(person.Item2)));
        Assert.Equal(300, (await platform.Tables.Query<long>("select sum(length(note)) from people"))[0]);
        Assert.Equal(["rotate-keys"], await platform.Tables.Query<string>("select action from audit where purpose like 'sealed anew: 3001'"));

        // Once more is nothing more.
        Assert.All((await KeyRotation.Run(platform.Database, both, Cancellation)).Values, count => Assert.Equal(0, count));
    }

    [Fact]
    public async Task Broken_off_it_goes_on_where_it_stopped()
    {
        await using var platform = await PlatformDatabase.Create();
        using var old = Keys("old");
        using var both = Keys("new", "old");
        await Fill(platform, old);
        // Several steps' worth of blocks.
        await platform.Tables.Execute("alter table people add column filler text; update people set filler = repeat('.', 1000)");
        await platform.Tables.DieAt("people", "old.id = 2500");
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => KeyRotation.Run(platform.Database, both, Cancellation));
        await platform.Tables.Execute("drop trigger die on people");

        var rest = (await KeyRotation.Run(platform.Database, both, Cancellation))["people.number_sealed"];
        Assert.InRange(rest, 1, People - 1);
        using var only = Keys("new");
        var people = await platform.As("61", transaction => transaction.Query("select id, number_sealed from people", row => (row.GetInt32(0), row.GetFieldValue<byte[]>(1))));
        Assert.All(people, person => Assert.Equal($"number {person.Item1}", only.Reveal(person.Item2)));
    }

    [Fact]
    public async Task What_a_history_keeps_of_a_row_is_sealed_anew_too()
    {
        await using var platform = await PlatformDatabase.Create();
        using var old = Keys("old");
        using var both = Keys("new", "old");
        await Fill(platform, old);
        await platform.Tables.Execute(
            """
            create table person_history (id int, division text collate "C" not null, content jsonb not null);
            call scope_table('person_history');
            insert into person_history select id, division, to_jsonb(people) from people where id < 10 union all select -1, '61', '{"name": "no number"}';
            grant all on person_history to public;
            """);
        Assert.Equal(10, (await KeyRotation.Run(platform.Database, both, Cancellation))["person_history.content.number_sealed"]);
        using var only = Keys("new");
        var kept = await platform.As("61", transaction => transaction.Query(
            "select id, (jsonb_populate_record(null::people, content)).number_sealed from person_history where id >= 0", row => (row.GetInt32(0), row.GetFieldValue<byte[]>(1))));
        Assert.All(kept, person => Assert.Equal($"number {person.Item1}", only.Reveal(person.Item2)));
    }

    [Fact]
    public async Task A_value_whose_key_is_unknown_stops_the_rotation_and_what_was_done_stays_done()
    {
        await using var platform = await PlatformDatabase.Create();
        using var old = Keys("old");
        await Fill(platform, old);
        using var forgetful = Keys("new");
        await Assert.ThrowsAsync<CryptographicException>(() => KeyRotation.Run(platform.Database, forgetful, Cancellation));
        var people = await platform.As("61", transaction => transaction.Query("select number_sealed from people", row => row.GetFieldValue<byte[]>(0)));
        Assert.All(people, number => old.Reveal(number));
    }

    static async Task Fill(PlatformDatabase platform, PersonalData personal)
    {
        await using (var owner = NpgsqlDataSource.Create(platform.Tables.Connections.Migrations))
        {
            await using var create = owner.CreateCommand(
                "create table people (id int primary key, division text collate \"C\" not null, number_sealed bytea not null, note text not null default ''); call scope_table('people')");
            await create.ExecuteNonQueryAsync(Cancellation);
        }
        var numbers = Enumerable.Range(0, People).ToList();
        await platform.As("61", async transaction =>
        {
            await transaction.Execute("insert into people (id, division, number_sealed) select id, '61', sealed from unnest($1::int[], $2::bytea[]) as row (id, sealed)",
                numbers, numbers.ConvertAll(number => personal.Seal($"number {number}")));
            await transaction.Execute(
                """
                insert into imports (id, kind, division, caller, file_sha256, dry_run, header, rows, created, updated, unchanged, rejected, kept, created_time)
                values ('01900000-0000-7000-8000-000000000001', 'people', '61', '', '', false, '', 1, 0, 0, 0, 1, 1, now())
                """);
            await transaction.Execute(
                "insert into import_rejects (import_id, division, line, row, faults) values ('01900000-0000-7000-8000-000000000001', '61', 2, $1, '[]')",
                personal.Seal("a rejected row"));
        });
    }

    static PersonalData Keys(string current, params string[] retired) => PersonalData.From(new ConfigurationBuilder().AddInMemoryCollection(
        new Dictionary<string, string?>(retired.Select((key, number) => KeyValuePair.Create($"PersonalData:RetiredEncryptionKeys:{number}", (string?)Key(key))))
        {
            ["PersonalData:EncryptionKey"] = Key(current),
            ["PersonalData:HashKey"] = Key("hash"),
        }).Build());

    static string Key(string seed) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));
}
