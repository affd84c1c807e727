using System.Security.Cryptography;
using System.Text;
using Governance.Platform.Personal;
using Governance.Platform.Tests.Data;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Xunit;

namespace Governance.Platform.Tests.Personal;

public sealed class HashKeysTests
{
    const int People = 25_000;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_keeps_to_the_key_that_it_began_with()
    {
        await using var platform = await PlatformDatabase.Create();
        using var first = Keys("first");
        await Check(platform, first);
        await Check(platform, first);
        foreach (var keys in (string[])["second", "second,first", "first,second"])
        {
            using var others = Keys(keys.Split(','));
            Assert.Contains("PersonalData:HashKey", (await Assert.ThrowsAsync<InvalidOperationException>(() => Check(platform, others))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Hashes_are_brought_up_to_an_added_key_wherever_they_lie()
    {
        await using var platform = await PlatformDatabase.Create();
        using var first = Keys("first");
        using var both = Keys("first", "second");
        await Fill(platform, first);
        var rehashed = await Rotate(platform, both);
        Assert.Equal(
            [("people.number_hash", People), ("people.plate", People), ("person_history.content.number_hash", 10), ("person_history.content.plate", 10)],
            rehashed.Select(column => (column.Key, (int)column.Value)));
        var rows = await platform.As("61", transaction => transaction.Query("select id, number_hash, plate from people",
            row => (Id: row.GetInt32(0), Number: row.GetFieldValue<byte[]>(1), Plate: row.GetFieldValue<byte[]>(2))));
        Assert.All(rows, row => Assert.Equal((Convert.ToHexString(both.Hash($"number {row.Id}")), Convert.ToHexString(both.Hash($"plate {row.Id}"))),
            (Convert.ToHexString(row.Number), Convert.ToHexString(row.Plate))));
        Assert.Equal(0, (await platform.Tables.Query<long>(
            "select count(*) from person_history join people using (id) where (jsonb_populate_record(null::people, content)).number_hash <> people.number_hash"))[0]);
        Assert.Equal([$"hashed anew: {2 * People + 20}"], await platform.Tables.Query<string>("select purpose from audit where action = 'rotate-hashes'"));

        await Check(platform, both);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Check(platform, first));
        // Once more is nothing more, and one more key begins where this one ended.
        Assert.Empty(await Rotate(platform, both));
        using var three = Keys("first", "second", "third");
        await Rotate(platform, three);
        Assert.Equal([1L], await platform.As("61", transaction => transaction.Query("select count(*) from people where number_hash = $1", row => row.GetInt64(0), three.Hash("number 7"))));
    }

    [Fact]
    public async Task Broken_off_nothing_has_happened_and_it_can_run_again()
    {
        await using var platform = await PlatformDatabase.Create();
        using var first = Keys("first");
        using var both = Keys("first", "second");
        await Fill(platform, first);
        await platform.Tables.DieAt("people", $"old.id = {People - 1} and old.number_hash <> new.number_hash");
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Rotate(platform, both));
        await platform.Tables.Execute("drop trigger die on people");
        await Check(platform, first);
        Assert.Equal([People], await platform.Tables.Query<int>("select count(distinct number_hash)::int from people"));
        Assert.Equal([1L], await platform.As("61", transaction => transaction.Query("select count(*) from people where number_hash = $1", row => row.GetInt64(0), first.Hash("number 7"))));

        Assert.Equal(People, (await Rotate(platform, both))["people.number_hash"]);
        await Check(platform, both);
    }

    [Fact]
    public async Task A_service_that_runs_is_noticed_and_one_that_starts_waits_for_the_end()
    {
        await using var platform = await PlatformDatabase.Create();
        using var first = Keys("first");
        using var both = Keys("first", "second");
        await Fill(platform, first);
        await using (var service = NpgsqlDataSource.Create(platform.Tables.Connections.Database))
        {
            await using var connection = await service.OpenConnectionAsync(Cancellation);
            Assert.Contains("Stop all", (await Assert.ThrowsAsync<InvalidOperationException>(() => Rotate(platform, both))).Message, StringComparison.Ordinal);
        }

        await using var blocker = await platform.Tables.Administrator.OpenConnectionAsync(Cancellation);
        await using (var block = new NpgsqlCommand("begin; select from people where id = 5 for update", blocker))
            await block.ExecuteNonQueryAsync(Cancellation);
        var rotation = Rotate(platform, both);
        await PlatformDatabase.Eventually(() => Waiting(1));
        var start = Check(platform, first);
        await PlatformDatabase.Eventually(() => Waiting(2));
        await using (var release = new NpgsqlCommand("rollback", blocker))
            await release.ExecuteNonQueryAsync(Cancellation);
        await rotation;
        await Assert.ThrowsAsync<InvalidOperationException>(() => start);

        async Task<bool> Waiting(long count) =>
            (await platform.Tables.Query<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"))[0] == count;
    }

    [Fact]
    public async Task Keys_that_do_not_begin_with_the_databases_own_are_refused()
    {
        await using var platform = await PlatformDatabase.Create();
        using var first = Keys("first");
        await Check(platform, first);
        using var swapped = Keys("second", "first");
        Assert.Contains("comma", (await Assert.ThrowsAsync<InvalidOperationException>(() => Rotate(platform, swapped))).Message, StringComparison.Ordinal);
    }

    static async Task Check(PlatformDatabase platform, PersonalData personal)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(platform.Tables.Connections.Database) { Pooling = false });
        await HashKeys.Check(source, personal, Cancellation);
    }

    static Task<IReadOnlyDictionary<string, long>> Rotate(PlatformDatabase platform, PersonalData personal) => HashKeys.Rotate(platform.Database, personal, Cancellation);

    static async Task Fill(PlatformDatabase platform, PersonalData personal)
    {
        await Check(platform, personal);
        await using (var owner = NpgsqlDataSource.Create(platform.Tables.Connections.Migrations))
        {
            await using var create = owner.CreateCommand(
                """
                create table people (id int primary key, division text collate "C" not null, number_hash bytea not null unique, plate bytea);
                comment on column people.plate is 'plate_hash';
                call scope_table('people');
                create table person_history (id int, division text collate "C" not null, content jsonb not null);
                call scope_table('person_history');
                """);
            await create.ExecuteNonQueryAsync(Cancellation);
        }
        var numbers = Enumerable.Range(0, People).ToList();
        await platform.As("61", async transaction =>
        {
            await transaction.Execute("insert into people (id, division, number_hash, plate) select id, '61', hash, plate from unnest($1::int[], $2::bytea[], $3::bytea[]) as row (id, hash, plate)",
                numbers, numbers.ConvertAll(number => personal.Hash($"number {number}")), numbers.ConvertAll(number => personal.Hash($"plate {number}")));
            await transaction.Execute("insert into person_history select id, division, to_jsonb(people) from people where id < 10");
        });
    }

    static PersonalData Keys(params string[] hashKeys) => PersonalData.From(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["PersonalData:EncryptionKey"] = Key("encryption"),
        ["PersonalData:HashKey"] = string.Join(',', hashKeys.Select(Key)),
    }).Build());

    static string Key(string seed) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));
}
