using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Messaging;
using Governance.Support;
using Grpc.Core;

namespace Governance.Platform.Tests.Messaging;

sealed class OperationsService(Feed feed, DeadLetters deadLetters, ParkedEvents parked) : Operations.OperationsBase
{
    public override Task<ReadEventsResponse> ReadEvents(ReadEventsRequest request, ServerCallContext context) =>
        feed.Read(request, context);

    public override Task<ListDeadLettersResponse> ListDeadLetters(ListDeadLettersRequest request, ServerCallContext context) =>
        deadLetters.List(request, context);

    public override Task<ReplayDeadLetterResponse> ReplayDeadLetter(ReplayDeadLetterRequest request, ServerCallContext context) =>
        deadLetters.Replay(request, context);

    public override Task<ListParkedEventsResponse> ListParkedEvents(ListParkedEventsRequest request, ServerCallContext context) =>
        parked.List(request, context);

    public override Task<ReplayParkedEventsResponse> ReplayParkedEvents(ReplayParkedEventsRequest request, ServerCallContext context) =>
        parked.Replay(request, context);
}

/// <summary>A service that notes the divisions it hears of in the order in which they come, and can be told to fail.</summary>
public sealed class MessagingFixture : ServiceFixture
{
    public MessagingFixture() : this(new Switch())
    {
    }

    MessagingFixture(Switch fails) : base("platform", service => service
        .Serve<OperationsService>()
        .On<DivisionChanged>(async (transaction, changed) =>
        {
            await transaction.Execute("insert into heard (code, name) values ($1, $2)", changed.Subject, changed.Data.Name);
            if (fails.On)
                throw new TimeoutException("on purpose");
        })
        .On<ProcedureStepOverdue>((transaction, overdue) =>
            transaction.Execute("insert into heard (code, name) values ($1, $2)", overdue.Subject, overdue.Data.StepId), "monitoring", "housing")) => Fails = fails;

    public sealed class Switch
    {
        public bool On { get; set; }
    }

    public Switch Fails { get; }

    // The failures are meant.
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Logging:LogLevel:Default", "None")];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Database.Execute(
            "create table heard (number int generated always as identity, code text, name text); grant all on heard to test_platform");
    }

    /// <summary>A CloudEvent of organizations.</summary>
    public static string Event(string id, string code, string name, string division = "61",
        string type = "governance.organizations.v1.DivisionChanged") => $$"""
        {
          "specversion": "1.0", "id": "{{id}}", "type": "{{type}}", "source": "/governance/organizations", "subject": "{{code}}",
          "division": "{{division}}", "sequence": "1", "time": "2024-04-01T01:00:00Z", "topic": "organizations",
          "data": { "code": "{{code}}", "name": "{{name}}" }
        }
        """;

    /// <summary>The names that were heard for <paramref name="code"/>.</summary>
    public Task<List<string>> Heard(string code) => Database.Query<string>($"select name from heard where code = '{code}' order by number");

    /// <summary>Posts to the HTTP port, with the app's token or another one.</summary>
    public async Task<int> Post(string path, string body, string token = "test")
    {
        using var http = new HttpClient { BaseAddress = new Uri(HttpAddress) };
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/cloudevents+json");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TryAddWithoutValidation("dapr-api-token", token);
        using var response = await http.SendAsync(request);
        return (int)response.StatusCode;
    }
}
