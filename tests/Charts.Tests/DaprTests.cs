using System.Text.Json.Nodes;
using Xunit;

namespace Governance.Charts.Tests;

/// <summary>The folder dapr/ is the one source; the charts render it, and it keeps to the fields of Dapr's custom resources.</summary>
public sealed class DaprTests
{
    // The fields of dapr.io/v1alpha1 as far as resources of this kind may use them; "*" stands for any name, "[]" for a list's items.
    static readonly Dictionary<string, string[]> s_fields = new(StringComparer.Ordinal)
    {
        ["Component"] = ["apiVersion", "kind", "metadata", "spec", "auth", "scopes"],
        ["Component.spec"] = ["type", "version", "metadata", "ignoreErrors", "initTimeout"],
        ["Component.spec.metadata[]"] = ["name", "value", "secretKeyRef", "envRef"],
        ["Component.spec.metadata[].secretKeyRef"] = ["name", "key"],
        ["Resiliency"] = ["apiVersion", "kind", "metadata", "spec", "scopes"],
        ["Resiliency.spec"] = ["policies", "targets"],
        ["Resiliency.spec.policies"] = ["timeouts", "retries", "circuitBreakers"],
        ["Resiliency.spec.policies.timeouts"] = ["*"],
        ["Resiliency.spec.policies.retries"] = ["*"],
        ["Resiliency.spec.policies.retries.*"] = ["policy", "duration", "maxInterval", "maxRetries", "matching"],
        ["Resiliency.spec.targets"] = ["apps", "actors", "components"],
        ["Resiliency.spec.targets.components"] = ["*"],
        ["Resiliency.spec.targets.components.*"] = ["inbound", "outbound"],
        ["Resiliency.spec.targets.components.*.inbound"] = ["timeout", "retry", "circuitBreaker"],
        ["Resiliency.spec.targets.components.*.outbound"] = ["timeout", "retry", "circuitBreaker"],
        ["Configuration"] = ["apiVersion", "kind", "metadata", "spec"],
        ["Configuration.spec"] =
        [
            "tracing", "metric", "metrics", "mtls", "accessControl", "api", "secrets", "logging", "features", "appHttpPipeline", "httpPipeline",
            "nameResolution", "components",
        ],
        ["Configuration.spec.tracing"] = ["samplingRate", "otel", "zipkin", "stdout"],
        ["Configuration.spec.tracing.otel"] = ["endpointAddress", "isSecure", "protocol", "headers", "timeout"],
        ["Configuration.spec.metrics"] = ["enabled", "recordErrorCodes", "http", "rules", "latencyDistributionBuckets"],
        ["Configuration.spec.metrics.http"] = ["increasedCardinality", "pathMatching", "excludeVerbs"],
        ["Configuration.spec.api"] = ["allowed", "denied"],
        ["Configuration.spec.api.allowed[]"] = ["name", "version", "protocol"],
        ["Configuration.spec.accessControl"] = ["defaultAction", "trustDomain", "policies"],
    };

    static readonly Dictionary<string, string[]> s_required = new(StringComparer.Ordinal)
    {
        ["Component"] = ["spec"],
        ["Component.spec"] = ["type", "version", "metadata"],
        ["Component.spec.metadata[]"] = ["name"],
        ["Resiliency"] = ["spec"],
        ["Resiliency.spec"] = ["policies", "targets"],
        ["Configuration.spec.tracing"] = ["samplingRate"],
        ["Configuration.spec.tracing.otel"] = ["endpointAddress", "isSecure", "protocol"],
    };

    static JsonNode Source(string path) => Rendered.Objects(File.ReadAllText(Path.Combine(Rendered.Root, "dapr", path))).Single();

    [Theory]
    [InlineData("values.yaml")]
    [InlineData("values-small.yaml")]
    [InlineData("values-ha.yaml")]
    public async Task Every_resource_has_the_fields_of_its_kind_and_what_they_require(string values)
    {
        var resources = (await Rendered.With(values)).Where(node => (string?)node["apiVersion"] == "dapr.io/v1alpha1").ToArray();
        Assert.Equal(["Component", "Configuration", "Resiliency"], resources.Select(node => (string)node["kind"]!).Order(StringComparer.Ordinal));
        foreach (var resource in resources)
            Check((string)resource["kind"]!, resource);
    }

    [Fact]
    public void A_field_that_Dapr_does_not_have_is_noticed()
    {
        var resiliency = Source("resiliency.yaml");
        resiliency["spec"]!["policies"]!["retries"]!["delivery"]!["maxRetry"] = 3;
        Assert.ThrowsAny<Exception>(() => Check("Resiliency", resiliency));
    }

    [Theory]
    [InlineData("kafka")]
    [InlineData("redis")]
    public async Task The_charts_render_what_is_in_the_folder(string broker)
    {
        var objects = await Rendered.Set($"dapr.broker={broker}", "global.telemetry.endpoint=http://otel-collector:4317");
        Same(Source($"components/{broker}/pubsub.yaml"), objects.Get("Component/pubsub"));
        Same(Source("resiliency.yaml"), objects.Get("Resiliency/governance"));
        Same(Source("config.yaml"), objects.Get("Configuration/governance"));

        static void Same(JsonNode source, JsonNode rendered)
        {
            rendered["metadata"]!.AsObject().Remove("labels");
            Assert.True(JsonNode.DeepEquals(source, rendered), $"{source.ToJsonString()}\n{rendered.ToJsonString()}");
        }
    }

    [Fact]
    public async Task Values_replace_leave_out_and_add_settings_of_the_broker_and_touch_nothing_else()
    {
        var settings = (await Rendered.Set("dapr.metadata.brokers=broker.example:9093", "dapr.metadata.saslMechanism=null", "dapr.metadata.caCert.secretKeyRef.name=kafka-ca",
            "dapr.metadata.caCert.secretKeyRef.key=ca.crt")).Get("Component/pubsub")["spec"]!["metadata"].Items()
            .ToDictionary(setting => (string)setting["name"]!, setting => setting, StringComparer.Ordinal);
        Assert.Equal("broker.example:9093", (string?)settings["brokers"]["value"]);
        Assert.Equal("kafka-ca", (string?)settings["caCert"]["secretKeyRef"]!["name"]);
        Assert.DoesNotContain("saslMechanism", settings.Keys);
        Assert.Equal("kafka-credentials", (string?)settings["saslPassword"]["secretKeyRef"]!["name"]);
    }

    // Redis acknowledges what failed unless told otherwise, Kafka begins at the next event and lets go without retries; and without
    // a policy the first failure is the last.
    [Theory]
    [InlineData("kafka", "initialOffset", "oldest")]
    [InlineData("kafka", "consumeRetryEnabled", "true")]
    [InlineData("redis", "ackOnError", "false")]
    [InlineData("redis", "concurrency", "1")]
    public async Task No_default_of_a_broker_loses_a_delivery(string broker, string setting, string value)
    {
        var objects = await Rendered.Set($"dapr.broker={broker}");
        var component = objects.Get("Component/pubsub");
        Assert.Equal(value, (string?)component["spec"]!["metadata"].Items().Single(item => (string?)item["name"] == setting)["value"]);
        var resiliency = objects.Get("Resiliency/governance");
        var inbound = resiliency["spec"]!["targets"]!["components"]!["pubsub"]!["inbound"]!;
        Assert.True((long)resiliency["spec"]!["policies"]!["retries"]![(string)inbound["retry"]!]!["maxRetries"]! > 0);
        var scopes = component["scopes"].Items().Select(app => (string)app!).ToArray();
        Assert.Equal(scopes, resiliency["scopes"].Items().Select(app => (string)app!));
        // What is given up goes to a topic that its subscriber may write to and read from.
        foreach (var scope in (string[])["publishingScopes", "subscriptionScopes"])
        {
            var allowed = (string)component["spec"]!["metadata"].Items().Single(item => (string?)item["name"] == scope)["value"]!;
            Assert.All(scopes, app => Assert.Matches($@"(^|\s){app}=[^;]*{app}\.dead-letters", allowed));
        }
    }

    static void Check(string path, JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Check(path + "[]", item);
        }
        if (node is not JsonObject fields || path.EndsWith(".metadata", StringComparison.Ordinal) && path.Count(character => character == '.') == 1)
            return;
        Assert.True(s_fields.TryGetValue(path, out var known), $"{path} is not expected to have fields");
        Assert.Superset(s_required.GetValueOrDefault(path, []).ToHashSet(), fields.Select(field => field.Key).ToHashSet());
        foreach (var (name, value) in fields)
        {
            Assert.True(known.Contains("*") || known.Contains(name), $"{path} has no field {name}");
            Check($"{path}.{(known.Contains("*") ? "*" : name)}", value);
        }
    }
}
