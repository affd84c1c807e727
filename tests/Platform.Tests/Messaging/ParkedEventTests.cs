using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Data;
using Governance.Platform.Identity;
using Governance.Platform.Tests.Data;
using Governance.Support;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Platform.Tests.Messaging;

/// <summary>A service with a sidecar that refuses what a test wants refused.</summary>
public sealed class ParkedEventFixture() : ServiceFixture("platform", service => service.Serve<OperationsService>())
{
    public RecordingSidecar Sidecar { get; private set; } = null!;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [new("DAPR_HTTP_ENDPOINT", Sidecar.Url), new("Logging:LogLevel:Default", "None")];

    public override async ValueTask InitializeAsync()
    {
        Sidecar = await RecordingSidecar.Start();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Sidecar.DisposeAsync();
    }

    /// <summary>Publishes an event that the sidecar refuses, and parks it as the relay does after its last attempt.</summary>
    public async Task<string> Park(string subject, string division)
    {
        var refused = Sidecar.Refuse;
        Sidecar.Refuse = published => published.Subject == subject || refused(published);
        var caller = new Caller("somebody", "somebody", division, new HashSet<string>(StringComparer.Ordinal));
        await Services.GetRequiredService<Database>().Transact(caller, "test", transaction =>
        {
            transaction.Publish(new AuditEntry { Number = 1 }, subject, division, 1);
            return Task.FromResult(true);
        }, TestContext.Current.CancellationToken);
        await PlatformDatabase.Eventually(async () => (await Database.Query<int>($"select attempts from outbox where subject = '{subject}'"))[0] > 0);
        await Database.Execute($"update outbox set parked_time = now(), attempts = 12 where subject = '{subject}'");
        return (await Database.Query<string>($"select id::text from outbox where subject = '{subject}'"))[0];
    }

    public Operations.OperationsClient Operator(string division) => new(As(division, "dead-letters.manage"));
}

public sealed class ParkedEventTests(ParkedEventFixture service) : IClassFixture<ParkedEventFixture>
{
    [Fact]
    public async Task A_parked_event_is_listed_with_its_reason_and_leaves_when_it_is_replayed()
    {
        var id = await service.Park("parked", "619901");
        var listed = Assert.Single((await service.Operator("619901").ListParkedEventsAsync(new())).ParkedEvents);
        Assert.Equal((id, "governance.common.v1.AuditEntry", "parked", 12), (listed.EventId, listed.Type, listed.Subject, listed.Attempts));
        Assert.StartsWith("500", listed.Error, StringComparison.Ordinal);

        service.Sidecar.Refuse = _ => false;
        Assert.Equal(1, (await service.Operator("619901").ReplayParkedEventsAsync(new())).Events);
        await PlatformDatabase.Eventually(() => Task.FromResult(service.Sidecar.Taken.Any(published => published.Subject == "parked")));
        Assert.Empty((await service.Operator("619901").ListParkedEventsAsync(new())).ParkedEvents);
        Assert.Equal(0, (await service.Operator("619901").ReplayParkedEventsAsync(new() { EventIds = { id } })).Events);
    }

    [Fact]
    public async Task An_operator_sees_and_replays_its_own_divisions_events_and_of_those_the_ones_it_names()
    {
        var (first, second) = (await service.Park("first", "619903"), await service.Park("second", "619903"));
        var neighbour = service.Operator("619904");
        Assert.Empty((await neighbour.ListParkedEventsAsync(new())).ParkedEvents);
        Assert.Equal(0, (await neighbour.ReplayParkedEventsAsync(new() { EventIds = { first } })).Events);

        var page = await service.Operator("619903").ListParkedEventsAsync(new() { PageSize = 1 });
        var rest = await service.Operator("619903").ListParkedEventsAsync(new() { PageSize = 1, PageToken = page.NextPageToken });
        Assert.Equal(new[] { first, second }.Order(StringComparer.Ordinal), page.ParkedEvents.Concat(rest.ParkedEvents).Select(parked => parked.EventId));
        Assert.Equal("", rest.NextPageToken);

        Assert.Equal(1, (await service.Operator("619903").ReplayParkedEventsAsync(new() { EventIds = { first } })).Events);
        Assert.Equal(second, Assert.Single((await service.Operator("619903").ListParkedEventsAsync(new())).ParkedEvents).EventId);
    }

    [Fact]
    public async Task What_is_no_id_is_refused_with_its_place()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await service.Operator("61").ReplayParkedEventsAsync(new() { EventIds = { Guid.CreateVersion7().ToString(), "x" } }));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("event_ids[1]", refused.Status.Detail + refused.Trailers.GetValueBytes("grpc-status-details-bin")?.Aggregate("", (text, value) => text + (char)value),
            StringComparison.Ordinal);
    }
}
