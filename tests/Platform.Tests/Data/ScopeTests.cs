using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Identity;
using Npgsql;
using Xunit;

namespace Governance.Platform.Tests.Data;

public sealed class ScopeTests
{
    static Task<long> Count(Transaction transaction) => transaction.First("select count(*) from outbox", row => row.GetInt64(0));

    [Theory]
    [InlineData("61", 3)]
    [InlineData("6199", 3)]
    [InlineData("619901", 2)]
    [InlineData("619901001", 1)]
    [InlineData("619901001001", 0)]
    [InlineData("619902", 1)]
    [InlineData("619903", 0)]
    [InlineData("62", 0)]
    [InlineData(":", 0)]
    [InlineData("", 3)]
    public async Task A_caller_sees_counts_changes_and_deletes_only_what_lies_under_its_division(string division, long visible)
    {
        await using var platform = await PlatformDatabase.Create();
        foreach (var place in (string[])["619901", "619901001", "619902"])
            await platform.As(place, transaction => Publish(transaction, place));
        Assert.Equal(visible, await platform.As(division, Count));
        Assert.Equal(visible,
            (await platform.As(division, transaction => transaction.Query("select division from outbox", row => row.GetString(0)))).Count);
        Assert.Equal(visible, await platform.As(division, transaction => transaction.Execute("update outbox set attempts = attempts + 1")));
        Assert.Equal(visible, await platform.As(division, transaction => transaction.Execute("delete from outbox")));
    }

    [Theory]
    [InlineData("619901", "619902")]
    [InlineData("619901", "6199")]
    [InlineData("619901", "")]
    [InlineData(":", "61")]
    public async Task A_row_outside_the_callers_division_is_refused_and_nothing_of_the_transaction_stays(string division, string place)
    {
        await using var platform = await PlatformDatabase.Create();
        var error = await Assert.ThrowsAsync<PostgresException>(() => platform.As(division, async transaction =>
        {
            await transaction.Execute("insert into inbox (event_id, received_time) values ('x', $1)", transaction.Now);
            // An event may be addressed to another division; a thing may not be put there.
            await transaction.Execute(
                "insert into dead_letters (event_id, topic, type, subject, division, event, received_time) values ('x', '', '', '', $1, '{}', $2)",
                place, transaction.Now);
        }));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
        Assert.Empty(await platform.Tables.Query<string>("select event_id from inbox"));
    }

    [Fact]
    public async Task A_row_cannot_be_moved_out_of_the_callers_division()
    {
        await using var platform = await PlatformDatabase.Create();
        await platform.As("619901", transaction => Publish(transaction, "619901"));
        await Assert.ThrowsAsync<PostgresException>(() =>
            platform.As("619901", transaction => transaction.Execute("update outbox set division = '619902'")));
    }

    [Fact]
    public async Task Without_a_scope_nothing_is_seen_and_a_scope_ends_with_its_transaction()
    {
        await using var platform = await PlatformDatabase.Create();
        await platform.As("61", transaction => Publish(transaction, "61"));
        // One connection, so that it is the one that had a scope before.
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(platform.Tables.Connections.Database) { MaxPoolSize = 1 });
        var database = new Database("platform", source, platform.Clock);
        Assert.Equal(1, await database.Transact(PlatformDatabase.Of("61"), "test", Count, TestContext.Current.CancellationToken));
        await using var command = source.CreateCommand("select count(*) from outbox");
        Assert.Equal(0L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_serving_role_cannot_lift_the_rules_that_bind_it()
    {
        await using var platform = await PlatformDatabase.Create();
        await using var source = NpgsqlDataSource.Create(platform.Tables.Connections.Database);
        foreach (var statement in (string[])
            [
                "alter table outbox disable row level security", "drop policy scope on outbox", "truncate outbox",
                "create table mine (id int)", "set role postgres", "create role mine", "set session_replication_role = replica",
                "alter table audit disable trigger append_only",
            ])
        {
            await using var command = source.CreateCommand(statement);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege,
                (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }
    }

    [Fact]
    public async Task A_failed_transaction_leaves_neither_rows_nor_events()
    {
        await using var platform = await PlatformDatabase.Create();
        await Assert.ThrowsAsync<TimeoutException>(() => platform.As("61", async transaction =>
        {
            await transaction.Execute("insert into inbox (event_id, received_time) values ('x', $1)", transaction.Now);
            await Publish(transaction, "61");
            throw new TimeoutException();
        }));
        Assert.Empty(await platform.Tables.Query<string>("select event_id from inbox"));
        Assert.Empty(await platform.Tables.Query<long>("select sequence from outbox"));
    }

    [Fact]
    public async Task A_token_without_a_proper_division_covers_no_division()
    {
        var identity = new System.Security.Claims.ClaimsIdentity([new("sub", "x"), new("division", "61'; --")], "test");
        var caller = Caller.From(new System.Security.Claims.ClaimsPrincipal(identity));
        Assert.Equal(Caller.Anonymous.Division, caller.Division);
        await using var platform = await PlatformDatabase.Create();
        await platform.As("61", transaction => Publish(transaction, "61"));
        Assert.Equal(0, await platform.Database.Transact(caller, "test", Count, TestContext.Current.CancellationToken));
    }

    static Task Publish(Transaction transaction, string division)
    {
        transaction.Publish(new AuditEntry(), division, division, 1);
        return Task.CompletedTask;
    }
}
