using System.Text.Json;
using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Messaging;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Platform.Tests.Messaging;

public sealed class InboxTests(MessagingFixture service) : IClassFixture<MessagingFixture>
{
    [Fact]
    public async Task An_event_that_comes_twice_takes_effect_once()
    {
        var once = MessagingFixture.Event("twice", "610001", "示例");
        Assert.Equal(200, await service.Deliver("organizations", once));
        Assert.Equal(200, await service.Deliver("organizations", once));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            service.Deliver("organizations", MessagingFixture.Event("at once", "610002", "示例"))));
        Assert.Single(await service.Heard("610001"));
        Assert.Single(await service.Heard("610002"));
    }

    [Fact]
    public async Task A_handler_that_fails_leaves_nothing_and_the_event_may_come_again()
    {
        service.Fails.On = true;
        Assert.Equal(500, await service.Deliver("organizations", MessagingFixture.Event("again", "610003", "示例")));
        service.Fails.On = false;
        Assert.Empty(await service.Heard("610003"));
        Assert.Equal(200, await service.Deliver("organizations", MessagingFixture.Event("again", "610003", "示例")));
        Assert.Single(await service.Heard("610003"));
    }

    [Fact]
    public async Task An_event_of_a_type_that_nobody_listens_to_is_let_go() =>
        Assert.Equal(200,
            await service.Deliver("organizations",
            MessagingFixture.Event("other", "610004", "示例", type: "governance.organizations.v1.GridChanged")));

    [Fact]
    public async Task An_event_that_every_service_tells_is_heard_on_the_topics_of_those_that_were_named()
    {
        Assert.Equal(["housing", "monitoring", "organizations"], service.Services.GetRequiredService<Handlers>().Topics);
        foreach (var topic in (string[])["monitoring", "housing"])
        {
            Assert.Equal(200, await service.Deliver(topic, JsonSerializer.Serialize(new
            {
                specversion = "1.0", id = $"overdue in {topic}", type = "governance.common.v1.ProcedureStepOverdue", source = $"/governance/{topic}",
                subject = $"610007 {topic}", division = "610007", sequence = "1", data = new { stepId = "review" },
            })));
            Assert.Equal("review", Assert.Single(await service.Heard($"610007 {topic}")));
        }
        Assert.Equal(404, await service.Deliver("common", "{}"));
    }

    [Fact]
    public void Whose_event_it_is_has_to_be_said_of_one_that_every_service_tells_and_of_no_other()
    {
        var handlers = new Handlers();
        Assert.Throws<ArgumentException>(() => handlers.Add<ProcedureStepOverdue>((_, _) => Task.CompletedTask));
        Assert.Throws<ArgumentException>(() => handlers.Add<DivisionChanged>((_, _) => Task.CompletedTask, "monitoring"));
        Assert.Empty(handlers.Topics);
    }

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    public async Task Without_the_apps_token_nothing_is_taken(string token)
    {
        Assert.Equal(401, await service.Post("/events/organizations", MessagingFixture.Event("stranger", "610005", "示例"), token));
        Assert.Equal(401, await service.Post("/dead-letters", MessagingFixture.Event("stranger", "610005", "示例"), token));
        Assert.Empty(await service.Heard("610005"));
    }

    [Fact]
    public async Task A_dead_letter_waits_in_sight_and_is_replayed_once()
    {
        var client = new Operations.OperationsClient(service.As("61", "dead-letters.manage"));
        Assert.Equal(200, await service.Post("/dead-letters", MessagingFixture.Event("letter", "610006", "示例")));
        Assert.Equal(200, await service.Post("/dead-letters", MessagingFixture.Event("letter", "610006", "示例")));
        var letter = Assert.Single((await client.ListDeadLettersAsync(new())).DeadLetters, letter => letter.EventId == "letter");
        Assert.Equal(("organizations", "610006", null), (letter.Topic, letter.Subject, letter.ReplayedTime));
        Assert.Empty(await service.Heard("610006"));

        service.Fails.On = true;
        await Assert.ThrowsAsync<RpcException>(async () => await client.ReplayDeadLetterAsync(new() { EventId = "letter" }));
        service.Fails.On = false;
        Assert.Null((await client.ListDeadLettersAsync(new())).DeadLetters.Single(letter => letter.EventId == "letter").ReplayedTime);

        await client.ReplayDeadLetterAsync(new() { EventId = "letter" });
        await client.ReplayDeadLetterAsync(new() { EventId = "letter" });
        Assert.Single(await service.Heard("610006"));
        Assert.NotNull((await client.ListDeadLettersAsync(new())).DeadLetters.Single(letter => letter.EventId == "letter").ReplayedTime);
    }

    [Fact]
    public async Task A_dead_letter_is_seen_and_replayed_only_within_the_callers_division()
    {
        await service.Post("/dead-letters", MessagingFixture.Event("county", "619901", "示例县", division: "619901"));
        var neighbour = new Operations.OperationsClient(service.As("619902", "dead-letters.manage"));
        Assert.Empty((await neighbour.ListDeadLettersAsync(new())).DeadLetters);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await neighbour.ReplayDeadLetterAsync(new() { EventId = "county" }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }
}
