using Governance.Local.Sidecar;
using Xunit;

namespace Governance.Local.Tests.Sidecar;

/// <summary>The repository's own dapr/ folder: who may say what to whom, and that nothing is lost between retry and broker.</summary>
public sealed class DaprFilesTests
{
    static readonly string[] Services = ["organizations", "monitoring", "employment", "housing", "property", "funds"];

    static DaprResources Resources() => DaprResources.Read(Path.Combine(Support.Repository.Root, "dapr"));

    static string Component(string broker) => Path.Combine(Support.Repository.Root, "dapr", "components", broker, "pubsub.yaml");

    [Fact]
    public void A_service_publishes_its_own_topic_and_dead_letters_and_nothing_else()
    {
        var resources = Resources();
        var topics = Services.Concat(Services.Select(service => service + ".dead-letters")).ToArray();
        Assert.All(Services, service => Assert.Equal(
            [service, service + ".dead-letters"], topics.Where(topic => resources.MayPublish(service, topic))));
    }

    [Fact]
    public void Every_service_hears_organizations_and_monitoring_and_its_own_dead_letters_but_not_those_of_others()
    {
        var resources = Resources();
        Assert.All(Services, service =>
        {
            Assert.All(
                new[] { "organizations", "monitoring" }.Where(topic => topic != service),
                topic => Assert.True(resources.MaySubscribe(service, topic), $"{service} from {topic}"));
            Assert.Equal([service], Services.Where(other => resources.MaySubscribe(service, other + ".dead-letters")));
            Assert.False(resources.MaySubscribe(service, service));
        });
    }

    [Fact]
    public void An_integrator_listens_to_every_service_and_publishes_for_none()
    {
        var resources = Resources();
        Assert.All(Services, service =>
        {
            Assert.True(resources.MaySubscribe("integrator", service));
            Assert.False(resources.MayPublish("integrator", service));
        });
    }

    [Fact]
    public void An_application_that_is_not_listed_has_no_broker()
    {
        var resources = Resources();
        Assert.All(Services.Append("integrator"), app => Assert.True(resources.Serves(app)));
        Assert.False(resources.Serves("stranger"));
    }

    [Fact]
    public void Both_brokers_have_the_same_scopes()
    {
        static string Scopes(string broker)
        {
            var text = File.ReadAllText(Component(broker));
            return text[text.IndexOf("    # Who may publish where", StringComparison.Ordinal)..];
        }

        Assert.Equal(Scopes("kafka"), Scopes("redis"));
    }

    [Fact]
    public void Retries_bridge_minutes_and_end_before_redis_would_deliver_a_second_time()
    {
        var resources = Resources();
        var retry = resources.DeliveryRetry!;
        var retries = retry.MaxRetries!.Value;
        var waits = TimeSpan.FromTicks(Enumerable.Range(1, retries).Sum(i => retry.Wait(i)!.Value.Ticks));
        Assert.InRange(waits, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(7));
        Assert.Null(retry.Wait(retries + 1));
        Assert.Contains("value: 20m", File.ReadAllText(Component("redis")), StringComparison.Ordinal);
        Assert.InRange(waits + (retries + 1) * resources.DeliveryTimeout!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(20));
    }

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("15s", 15)]
    [InlineData("1.5m", 90)]
    [InlineData("1h30m", 5400)]
    public void Durations_are_written_as_in_go(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), DaprResources.Duration(text));

    [Theory]
    [InlineData("15")]
    [InlineData("s")]
    [InlineData("15 seconds")]
    public void Anything_else_is_no_duration(string text) => Assert.Throws<InvalidDataException>(() => DaprResources.Duration(text));
}
