using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Api;
using Google.Protobuf;
using Governance.Monitoring.V1;
using Governance.Organizations.V1;
using Governance.Support;
using Grpc.Core;
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

    [Fact]
    public async Task The_events_of_an_import_carry_its_trace()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => _sources.Contains(source.Name, StringComparer.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("Test");
        await monitoring.Database.Execute("insert into directory_divisions (code, name, urban_rural_class, version) values ('619901001001', '甲一社区', '', 1)");

        var file = SampleCounty.Csv(SampleCounty.HouseholdHeader, SampleCounty.HouseholdRows(6, "619901001001").Select(row => row.Replace(SampleCounty.Settlements[0].Id, "", StringComparison.Ordinal)));
        ActivityTraceId trace;
        using (var activity = source.StartActivity("a county imports its households")!)
        {
            trace = activity.TraceId;
            using var call = new Households.HouseholdsClient(monitoring.As("619901", "households.import")).ImportHouseholds(cancellationToken: TestContext.Current.CancellationToken);
            await call.RequestStream.WriteAsync(new ImportHouseholdsRequest { ImportId = Guid.CreateVersion7().ToString(), File = new HttpBody { Data = ByteString.CopyFromUtf8(file) } }, TestContext.Current.CancellationToken);
            await call.RequestStream.CompleteAsync();
            Assert.Equal(0, (await call).Rejected);
        }
        var registered = await monitoring.Events("governance.monitoring.v1.HouseholdRegistered");
        Assert.NotEmpty(registered);
        Assert.All(registered, @event => Assert.Equal(trace.ToString(), ActivityContext.Parse(@event.GetProperty("traceparent").GetString()!, null).TraceId.ToString()));
        Assert.All(registered, @event => Assert.Equal(@event.GetProperty("traceparent").GetString(), @event.GetProperty("traceid").GetString()));
    }

    async Task<string> Division()
    {
        await organizations.Database.Execute("insert into divisions (code, name, urban_rural_class, version) values ('61', '示例省', '', 1), ('6199', '示例市', '', 1), ('619901', '示例县', '', 1)");
        return "619901";
    }
}
