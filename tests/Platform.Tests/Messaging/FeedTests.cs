using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Data;
using Governance.Platform.Tests.Data;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Platform.Tests.Messaging;

public sealed class FeedTests(MessagingFixture service) : IClassFixture<MessagingFixture>
{
    [Fact]
    public async Task An_event_that_commits_late_is_not_skipped()
    {
        var written = new TaskCompletionSource();
        var commit = new TaskCompletionSource();
        var late = Publish("6101", "late", before: async transaction =>
        {
            // It has its place in the order before the other one, and commits after it.
            await transaction.Execute("insert into heard (code) values ('late')");
            written.SetResult();
            await commit.Task;
        });
        await written.Task;
        await Publish("6101", "early");
        var cursor = "";
        var read = await Read("6101", new() { After = cursor });
        Assert.Empty(read.Events);
        cursor = read.NextCursor;

        commit.SetResult();
        await late;
        var subjects = new List<string>();
        await PlatformDatabase.Eventually(async () =>
        {
            read = await Read("6101", new() { After = cursor });
            cursor = read.NextCursor;
            subjects.AddRange(read.Events.Select(@event => @event.Subject));
            return subjects.Count == 2;
        });
        Assert.Equal(["late", "early"], subjects);
    }

    [Fact]
    public async Task A_reader_walks_by_cursor_and_by_type_and_only_within_its_division()
    {
        for (var number = 1; number <= 5; number++)
            await Publish("610201", $"{number}");
        await Publish("610202", "neighbour");
        await PlatformDatabase.Eventually(async () => (await Read("6102", new())).Events.Count == 6);

        var subjects = new List<string>();
        var cursor = "";
        for (var page = 0; page < 3; page++)
        {
            var read = await Read("610201", new() { After = cursor, Limit = 2 });
            subjects.AddRange(read.Events.Select(@event => @event.Subject));
            cursor = read.NextCursor;
        }
        Assert.Equal(["1", "2", "3", "4", "5"], subjects);
        var end = await Read("610201", new() { After = cursor });
        Assert.Equal((0, cursor), (end.Events.Count, end.NextCursor));
        Assert.Empty((await Read("610201", new() { Types_ = { "governance.other.v1.Thing" } })).Events);
        var first = (await Read("610201", new() { Types_ = { "governance.common.v1.AuditEntry" }, Limit = 1 })).Events[0];
        Assert.Equal(("/governance/platform", "610201", 1, "governance.common.v1.AuditEntry"),
            (first.Source, first.Division, first.Sequence, first.Type));
        Assert.Equal("x", first.Data.Fields["purpose"].StringValue);
    }

    [Fact]
    public async Task The_order_stands_when_transaction_ids_grow_by_a_digit()
    {
        await Publish("610301", "nine");
        await Publish("610301", "ten");
        await service.Database.Execute(
            "update outbox set transaction_id = case subject when 'nine' then '9'::xid8 else '10'::xid8 end where division = '610301'");
        var first = await Read("6103", new() { Limit = 1 });
        var second = await Read("6103", new() { Limit = 1, After = first.NextCursor });
        Assert.Equal(["nine", "ten"], first.Events.Concat(second.Events).Select(@event => @event.Subject));
        Assert.Empty((await Read("6103", new() { After = second.NextCursor })).Events);
    }

    [Theory]
    [InlineData("nonsense", 0)]
    [InlineData("1-x", 0)]
    [InlineData("-1-1", 0)]
    [InlineData("99999999999999999999999-1", 0)]
    [InlineData("", 1001)]
    [InlineData("", -1)]
    public async Task A_cursor_or_limit_that_is_none_is_refused(string after, int limit)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => Read("61", new() { After = after, Limit = limit }));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    async Task<ReadEventsResponse> Read(string division, ReadEventsRequest request) =>
        await new Operations.OperationsClient(service.As(division, "events.read")).ReadEventsAsync(request);

    Task Publish(string division, string subject, Func<Transaction, Task>? before = null) =>
        service.Services.GetRequiredService<Database>().Transact(
        PlatformDatabase.Of(division), "publish", async transaction =>
        {
            if (before is not null)
                await before(transaction);
            transaction.Publish(new AuditEntry { Purpose = "x" }, subject, division, 1);
            return true;
        }, TestContext.Current.CancellationToken);
}
