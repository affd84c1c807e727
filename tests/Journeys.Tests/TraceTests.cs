using System.Collections.Concurrent;
using System.Diagnostics;
using Governance.Organizations.V1;
using Xunit;

namespace Governance.Journeys.Tests;

/// <summary>One trace tells a change's whole way: rpc, SQL, outbox, delivery, effect.</summary>
public sealed class TraceTests(OrganizationsFixture organizations, MonitoringFixture monitoring)
    : IClassFixture<OrganizationsFixture>, IClassFixture<MonitoringFixture>
{
    static readonly string[] _sources = ["Microsoft.AspNetCore", "Npgsql", "Governance", "Test"];

    [Fact]
    public async Task A_change_and_its_effect_in_another_service_are_one_trace()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => _sources.Contains(source.Name, StringComparer.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("Test");

        ActivityTraceId trace;
        using (var call = source.StartActivity("a county registers a settlement")!)
        {
            trace = call.TraceId;
            await new Settlements.SettlementsClient(organizations.As("61", "settlements.write")).RegisterSettlementAsync(
                new RegisterSettlementRequest { SettlementId = Guid.CreateVersion7().ToString(), Settlement = new Settlement { Name = "跟踪示例", Division = await Division(), Population = 10, Households = 3 } },
                cancellationToken: TestContext.Current.CancellationToken);
        }
        var changed = Assert.Single(await organizations.Events("governance.organizations.v1.SettlementChanged"));
        Assert.Equal(200, await monitoring.Deliver("organizations", changed.GetRawText()));

        var names = spans.Where(span => span.TraceId == trace).Select(span => $"{span.Source.Name} {span.OperationName}").ToArray();
        Assert.Contains(names, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.Contains(names, name => name.StartsWith("Npgsql", StringComparison.Ordinal));
        Assert.Contains("Governance receive governance.organizations.v1.SettlementChanged", names);
    }

    async Task<string> Division()
    {
        await organizations.Database.Execute("insert into divisions (code, name, urban_rural_class, version) values ('61', '示例省', '', 1), ('6199', '示例市', '', 1), ('619901', '示例县', '', 1)");
        return "619901";
    }
}
