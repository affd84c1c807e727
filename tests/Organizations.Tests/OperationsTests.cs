using Governance.Common.V1;
using Governance.Organizations.V1;
using Xunit;
using static Governance.Organizations.Tests.OrganizationsFixture;

namespace Governance.Organizations.Tests;

public sealed class OperationsTests(OrganizationsFixture service) : IClassFixture<OrganizationsFixture>
{
    [Fact]
    public async Task The_feed_tells_a_reader_what_happened_in_its_division_and_goes_on_where_it_stopped()
    {
        var mine = await service.Settlement();
        var theirs = await service.Settlement(division: "619902100001");
        var (events, cursor) = await ReadUntil(County, mine.Id);
        Assert.Equal(mine.Name, events[^1].Data.Fields["name"].StringValue);
        Assert.DoesNotContain(events, @event => @event.Subject == theirs.Id);
        Assert.DoesNotContain((await ReadUntil(Neighbour, theirs.Id)).Events, @event => @event.Subject == mine.Id);

        var next = await service.Settlement();
        Assert.Equal([next.Id], (await ReadUntil(County, next.Id, cursor)).Events.Select(@event => @event.Subject));
    }

    [Fact]
    public async Task The_feed_is_filtered_by_type()
    {
        await ReadUntil(Province, "619902100002");
        await service.Settlement();
        var events = (await new Operations.OperationsClient(service.Officer(Province)).ReadEventsAsync(
            new() { Types_ = { "governance.organizations.v1.DivisionChanged" }, Limit = 1000 })).Events;
        Assert.Equal(22, events.Count);
        Assert.All(events, @event => Assert.Equal("governance.organizations.v1.DivisionChanged", @event.Type));
    }

    [Fact]
    public async Task Nothing_waits_as_a_dead_letter_of_a_service_that_listens_to_nobody() =>
        Assert.Empty((await new Operations.OperationsClient(service.Officer()).ListDeadLettersAsync(new())).DeadLetters);

    /// <summary>
    /// Reads on until an event about <paramref name="subject"/> comes: the feed waits for every older transaction on the server.
    /// </summary>
    async Task<(List<Event> Events, string Cursor)> ReadUntil(string division, string subject, string cursor = "")
    {
        var client = new Operations.OperationsClient(service.Officer(division));
        var events = new List<Event>();
        while (events.Count == 0 || events[^1].Subject != subject)
        {
            var page = await client.ReadEventsAsync(new() { After = cursor, Limit = 1 });
            events.AddRange(page.Events);
            cursor = page.NextCursor;
        }
        return (events, cursor);
    }
}
