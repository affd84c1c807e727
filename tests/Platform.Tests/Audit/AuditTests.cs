using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Audit;
using Governance.Platform.Data;
using Governance.Platform.Tests.Data;
using Governance.Support;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Governance.Platform.Tests.Audit;

sealed class AuditedService(AuditDesk audit) : Operations.OperationsBase
{
    public override Task<ListAuditEntriesResponse> ListAuditEntries(ListAuditEntriesRequest request, ServerCallContext context) =>
        audit.List(request, context);

    public override Task<VerifyAuditResponse> VerifyAudit(VerifyAuditRequest request, ServerCallContext context) =>
        audit.Verify(request, context);
}

public sealed class AuditedFixture() : ServiceFixture("platform", service => service.Serve<AuditedService>());

public sealed class AuditTests(AuditedFixture service) : IClassFixture<AuditedFixture>
{
    [Fact]
    public async Task A_change_is_recorded_with_who_did_what_to_whom()
    {
        await Transact("619901", "change", async transaction =>
        {
            await transaction.Execute("insert into inbox (event_id, received_time) values ($1, $2)", $"{Guid.NewGuid()}", transaction.Now);
            transaction.Publish(new AuditEntry(), "subject-1", "619901001", 1);
        });
        var entry = Assert.Single((await List("619901", new() { Subject = "subject-1" })).Entries);
        Assert.Equal(("id of 619901", "user of 619901", "619901", "change", ""),
            (entry.Actor, entry.ActorName, entry.Division, entry.Action, entry.Purpose));
        Assert.Equal(service.Clock.GetUtcNow(), entry.Time.ToDateTimeOffset());
    }

    [Fact]
    public async Task A_look_with_a_purpose_is_recorded_once_and_where_its_subject_lies()
    {
        await Transact("6199", "unmask", transaction => AuditTrail.Record(transaction, "619901001001", ["member-1"], "入户核实"));
        var entry = Assert.Single((await List("619901001001", new() { Subject = "member-1" })).Entries);
        Assert.Equal(("入户核实", "id of 6199"), (entry.Purpose, entry.Actor));
        Assert.Single((await List("6199", new() { Actor = "id of 6199" })).Entries);
    }

    [Fact]
    public async Task What_only_reads_and_what_fails_leaves_no_entry()
    {
        await Transact("619905", "read", transaction => transaction.First("select 1", row => row.GetInt32(0)));
        await Assert.ThrowsAsync<TimeoutException>(() => Transact("619905", "fail", async transaction =>
        {
            await AuditTrail.Record(transaction, "619905", ["x"], "");
            throw new TimeoutException();
        }));
        Assert.Empty((await List("619905", new())).Entries);
    }

    [Fact]
    public async Task Entries_are_paged_newest_first_and_seen_only_within_the_division()
    {
        for (var number = 0; number < 5; number++)
            await Transact("619906", $"act {number}", transaction => AuditTrail.Record(transaction, "619906", [], ""));
        var first = await List("619906", new() { PageSize = 3 });
        var rest = await List("619906", new() { PageSize = 3, PageToken = first.NextPageToken });
        Assert.Equal(["act 4", "act 3", "act 2", "act 1", "act 0"], first.Entries.Concat(rest.Entries).Select(entry => entry.Action));
        Assert.Empty(rest.NextPageToken);
        Assert.Empty((await List("619907", new())).Entries);
        Assert.Equal(5, (await List("61", new() { Actor = "id of 619906" })).Entries.Count);
    }

    [Fact]
    public async Task Nobody_reads_or_verifies_without_permission()
    {
        var client = new Operations.OperationsClient(service.As("61", "audit.verify"));
        Assert.Equal(StatusCode.PermissionDenied,
            (await Assert.ThrowsAsync<RpcException>(async () => await client.ListAuditEntriesAsync(new()))).StatusCode);
        client = new Operations.OperationsClient(service.As("61", "audit.read"));
        Assert.Equal(StatusCode.PermissionDenied,
            (await Assert.ThrowsAsync<RpcException>(async () => await client.VerifyAuditAsync(new()))).StatusCode);
    }

    [Fact]
    public async Task Verification_seals_and_finds_the_chain_whole_and_tells_its_head()
    {
        var client = new Operations.OperationsClient(service.As("61", "audit.verify"));
        await Transact("619901", "act", transaction => AuditTrail.Record(transaction, "619901", [], ""));
        var answer = new VerifyAuditResponse();
        await PlatformDatabase.Eventually(async () => (answer = await client.VerifyAuditAsync(new())).Entries > 0);
        Assert.True(answer.Intact);
        Assert.Equal(64, answer.Head.Length);
        Assert.True((await client.VerifyAuditAsync(new() { KnownHead = answer.Head })).Intact);
        var stranger = await client.VerifyAuditAsync(new() { KnownHead = new string('0', 64) });
        Assert.False(stranger.Intact);
        Assert.True(stranger.FirstBrokenEntry > 0);
        Assert.Equal(StatusCode.InvalidArgument,
            (await Assert.ThrowsAsync<RpcException>(async () => await client.VerifyAuditAsync(new() { KnownHead = "x" }))).StatusCode);
    }

    Task Transact(string division, string action, Func<Transaction, Task> work) => service.Services.GetRequiredService<Database>().Transact(
        PlatformDatabase.Of(division), action, async transaction =>
        {
            await work(transaction);
            return true;
        }, TestContext.Current.CancellationToken);

    async Task<ListAuditEntriesResponse> List(string division, ListAuditEntriesRequest request) =>
        await new Operations.OperationsClient(service.As(division, "audit.read")).ListAuditEntriesAsync(request);
}

public sealed class AuditChainTests
{
    // More than are sealed at once.
    const int Entries = 1200;

    [Theory]
    [InlineData("update audit set purpose = 'harmless' where number = 1100", 1100)]
    [InlineData("update audit set subjects = '{a,b}' where number = 1", 1)]
    [InlineData("update audit set time = time + interval '1 microsecond' where number = 1200", 1200)]
    [InlineData("delete from audit where number = 42", 42)]
    [InlineData(
        """
        insert into audit (number, transaction_id, time, actor, actor_name, division, action, subjects, purpose, trace_id)
            overriding system value
        select 9000, transaction_id, time, actor, actor_name, division, action, subjects, purpose, trace_id from audit where number = 77
        """, 9000)]
    [InlineData("delete from audit_chain where position = 100", 101)]
    [InlineData("update audit_chain set hash = sha256('x') where number = 1000", 1000)]
    public async Task What_a_superuser_changes_is_found(string tampering, long firstBroken)
    {
        await using var platform = await Sealed();
        Assert.Equal((Entries, 0), Found(await AuditChain.Verify(platform.Database, TestContext.Current.CancellationToken)));
        await platform.Tables.Execute($"set session_replication_role = replica; {tampering}; reset session_replication_role");
        var finding = await AuditChain.Verify(platform.Database, TestContext.Current.CancellationToken);
        Assert.Equal(firstBroken, finding.FirstBroken);
    }

    [Fact]
    public async Task An_end_that_was_cut_off_is_found_by_the_head_that_was_noted()
    {
        await using var platform = await Sealed();
        var head = (await AuditChain.Verify(platform.Database, TestContext.Current.CancellationToken)).Head;
        Assert.True(await AuditChain.Knows(platform.Database, head, TestContext.Current.CancellationToken));
        await platform.Tables.Execute(
            """
            set session_replication_role = replica;
            delete from audit where number > 1190;
            delete from audit_chain where number > 1190;
            reset session_replication_role
            """);
        Assert.Equal(0, (await AuditChain.Verify(platform.Database, TestContext.Current.CancellationToken)).FirstBroken);
        Assert.False(await AuditChain.Knows(platform.Database, head, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("update audit set purpose = ''")]
    [InlineData("delete from audit")]
    [InlineData("truncate audit")]
    [InlineData("delete from audit_chain")]
    public async Task Neither_the_service_nor_the_owner_can_change_the_trail(string statement)
    {
        await using var platform = await PlatformDatabase.Create();
        foreach (var role in (string[])[platform.Tables.Connections.Database, platform.Tables.Connections.Migrations])
        {
            await using var source = NpgsqlDataSource.Create(role);
            await using var command = source.CreateCommand(statement);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
            Assert.Matches("rows of audit.* are final|permission denied", refused.MessageText);
        }
    }

    [Fact]
    public async Task An_entry_that_commits_late_takes_its_place_in_the_chain()
    {
        await using var platform = await PlatformDatabase.Create();
        var open = new TaskCompletionSource();
        var commit = new TaskCompletionSource();
        var late = platform.As("61", async transaction =>
        {
            await AuditTrail.Record(transaction, "61", ["late"], "");
            open.SetResult();
            await commit.Task;
        });
        await open.Task;
        await platform.As("61", transaction => AuditTrail.Record(transaction, "61", ["early"], ""));
        await AuditChain.Seal(platform.Database, TestContext.Current.CancellationToken);
        Assert.Empty(await platform.Tables.Query<long>("select number from audit_chain"));

        commit.SetResult();
        await late;
        await SealAll(platform, 2);
        Assert.Equal(0, (await AuditChain.Verify(platform.Database, TestContext.Current.CancellationToken)).FirstBroken);
    }

    [Fact]
    public async Task Entries_of_transactions_that_overlap_are_chained_transaction_by_transaction()
    {
        await using var platform = await PlatformDatabase.Create();
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = platform.As("61", async transaction =>
        {
            await AuditTrail.Record(transaction, "61", ["first"], "");
            begun.SetResult();
            await go.Task;
            await AuditTrail.Record(transaction, "61", ["first again"], "");
        });
        await begun.Task;
        await platform.As("61", transaction => AuditTrail.Record(transaction, "61", ["second"], ""));
        go.SetResult();
        await first;
        await SealAll(platform, 3);
        Assert.Equal(["first", "first again", "second"], await platform.Tables.Query<string>(
            "select subjects[1] from audit_chain join audit using (number) order by position"));
        Assert.Equal((3, 0), Found(await AuditChain.Verify(platform.Database, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_chain_that_is_sealed_by_several_while_many_write_is_whole()
    {
        await using var platform = await PlatformDatabase.Create();
        var writing = Task.WhenAll(Enumerable.Range(0, 6).Select(async writer =>
        {
            for (var written = 0; written < 20; written++)
            {
                await platform.As("61", async transaction =>
                {
                    await AuditTrail.Record(transaction, "61", [$"{writer}"], "");
                    await AuditTrail.Record(transaction, "61", [$"{writer}"], "");
                });
            }
        }));
        await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            do
                await AuditChain.Seal(platform.Database, TestContext.Current.CancellationToken);
            while (!writing.IsCompleted);
        }));
        await writing;
        await SealAll(platform, 240);
        Assert.Equal((240, 0), Found(await AuditChain.Verify(platform.Database, TestContext.Current.CancellationToken)));
    }

    static (long, long) Found(AuditFinding finding) => (finding.Entries, finding.FirstBroken);

    static async Task<PlatformDatabase> Sealed()
    {
        var platform = await PlatformDatabase.Create();
        for (var written = 0; written < Entries; written += 400)
        {
            await platform.As("61", async transaction =>
            {
                for (var number = 0; number < 400; number++)
                    await AuditTrail.Record(transaction, "61", [$"{number}"], "");
            });
        }
        await SealAll(platform, Entries);
        return platform;
    }

    static Task SealAll(PlatformDatabase platform, int entries) => PlatformDatabase.Eventually(async () =>
    {
        await AuditChain.Seal(platform.Database, TestContext.Current.CancellationToken);
        return (await platform.Tables.Query<long>("select count(*) from audit_chain"))[0] == entries;
    });
}
