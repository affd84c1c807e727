using Governance.Platform.Data;
using Governance.Support;
using Xunit;

namespace Governance.Platform.Tests.Data;

public sealed class MigrationTests
{
    [Fact]
    public async Task Replicas_that_start_together_apply_each_script_once()
    {
        await using var tables = await TestDatabase.Create("platform");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Apply(tables)));
        var applied = await tables.Query<string>("select name from migrations order by name");
        Assert.Contains("platform/0001_scope.sql", applied);
        Assert.Equal(applied.Distinct(), applied);
        await Apply(tables);
        Assert.Equal(applied, await tables.Query<string>("select name from migrations order by name"));
    }

    [Fact]
    public async Task A_script_that_was_changed_after_it_was_applied_is_refused_by_name()
    {
        await using var tables = await TestDatabase.Create("platform");
        await Apply(tables);
        await tables.Execute("update migrations set hash = 'other' where name = 'platform/0002_messaging.sql'");
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Apply(tables));
        Assert.Contains("platform/0002_messaging.sql", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_fails_leaves_nothing_of_itself()
    {
        await using var tables = await TestDatabase.Create("platform");
        // The second statement of 0002 finds its name taken.
        await using (var owner = Npgsql.NpgsqlDataSource.Create(tables.Connections.Migrations))
        await using (var command = owner.CreateCommand("create table inbox (id int)"))
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Apply(tables));
        Assert.Equal([false], await tables.Query<bool>("select to_regclass('outbox') is not null"));
        await tables.Execute("drop table inbox");
        await Apply(tables);
        Assert.Equal([true], await tables.Query<bool>("select to_regclass('outbox') is not null"));
    }

    [Fact]
    public async Task A_service_that_may_not_migrate_refuses_a_database_that_lacks_something_and_says_what_to_run()
    {
        await using var tables = await TestDatabase.Create("platform");
        await using var serving = Npgsql.NpgsqlDataSource.Create(tables.Connections.Database);
        var empty = await Assert.ThrowsAsync<InvalidOperationException>(() => Check(serving));
        Assert.Contains("platform/0001_scope.sql", empty.Message, StringComparison.Ordinal);
        await Apply(tables);
        await Check(serving);
        await tables.Execute("insert into migrations (name, hash) values ('service/9999_newer.sql', '')");
        await Check(serving);
        await tables.Execute("delete from migrations where name = 'platform/0003_audit.sql'");
        var behind = await Assert.ThrowsAsync<InvalidOperationException>(() => Check(serving));
        Assert.Contains("platform/0003_audit.sql", behind.Message, StringComparison.Ordinal);
        Assert.Contains("\"migrate\"", behind.Message, StringComparison.Ordinal);

        static Task Check(Npgsql.NpgsqlDataSource source) =>
            Migrations.Check(source, typeof(MigrationTests).Assembly, TestContext.Current.CancellationToken);
    }

    static Task Apply(TestDatabase tables) =>
        Migrations.Apply(tables.Connections.Migrations, typeof(MigrationTests).Assembly, TestContext.Current.CancellationToken);
}
