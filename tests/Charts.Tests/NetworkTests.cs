using System.Text.Json.Nodes;
using Xunit;

namespace Governance.Charts.Tests;

/// <summary>Who may talk to whom: these flows and no other.</summary>
public sealed class NetworkTests
{
    static readonly string[] s_service =
    [
        "in app=gateway TCP/8081", "in app=test TCP/8080", "in ns=observability TCP/9090",
        "out ns=kube-system UDP/53", "out ns=kube-system TCP/53", "out ns=postgresql TCP/5432", "out ns=keycloak TCP/8080",
        "out ns=dapr-system TCP/50001", "out ns=dapr-system TCP/50005", "out ns=dapr-system TCP/50006", "out ns=dapr-system TCP/6500",
    ];

    static readonly string[] s_gateway =
    [
        "in ns=ingress-nginx TCP/8080", "in ns=ingress-nginx TCP/8081", "in app=test TCP/8080",
        "out ns=kube-system UDP/53", "out ns=kube-system TCP/53", "out ns=keycloak TCP/8080", "out part=governance TCP/8081",
    ];

    static readonly string[] s_test = ["out ns=kube-system UDP/53", "out ns=kube-system TCP/53", "out part=governance TCP/8080"];

    static readonly string[] s_realmImport = ["out ns=kube-system UDP/53", "out ns=kube-system TCP/53", "out ns=keycloak TCP/8080"];

    public static TheoryData<string> ValuesFiles => Rendered.ValuesFiles;

    [Theory]
    [InlineData("values.yaml", "out ns=kafka TCP/9092", null)]
    [InlineData("values-small.yaml", "out ns=redis TCP/6379", null)]
    [InlineData("values-ha.yaml", "out ns=kafka TCP/9092", "out ns=observability TCP/4317")]
    public async Task Exactly_the_declared_flows_are_allowed(string values, string broker, string? telemetry)
    {
        string[] collector = telemetry is null ? [] : [telemetry];
        var objects = await Rendered.With(values);
        var policies = objects.Where(node => (string?)node["kind"] == "NetworkPolicy").ToArray();
        foreach (var policy in policies)
        {
            Assert.Equal("""["Ingress","Egress"]""", policy["spec"]!["policyTypes"]!.ToJsonString());
            string[] allowed = (string)policy["metadata"]!["name"]! switch
            {
                "gateway" => [.. s_gateway, .. collector],
                "test" => s_test,
                "realm-import" => s_realmImport,
                _ => [.. s_service, broker, .. collector],
            };
            Assert.Equal(allowed.Order(StringComparer.Ordinal), Flows(policy["spec"]!).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(ValuesFiles))]
    public async Task Every_pod_is_under_one_policy_of_its_own(string values)
    {
        var objects = await Rendered.With(values);
        var policies = objects.Where(node => (string?)node["kind"] == "NetworkPolicy").ToArray();
        foreach (var (owner, pod) in objects.Pods())
        {
            var labels = pod["metadata"]!["labels"]!.AsObject();
            var selecting = policies.Where(policy => policy["spec"]!["podSelector"]!["matchLabels"]!.AsObject()
                .All(label => (string?)labels[label.Key] == (string?)label.Value)).Select(policy => policy.Name());
            Assert.Equal([$"NetworkPolicy/{owner.Split('/')[1]}"], selecting);
        }
    }

    [Fact]
    public async Task Without_sidecars_no_flow_of_theirs_is_allowed()
    {
        var flows = Flows((await Rendered.Set("global.dapr.enabled=false")).Get("NetworkPolicy/monitoring")["spec"]!).ToArray();
        Assert.DoesNotContain(flows, flow => flow.Contains("dapr", StringComparison.Ordinal) || flow.Contains("kafka", StringComparison.Ordinal)
            || flow.Contains("observability", StringComparison.Ordinal));
        Assert.Contains("out ns=postgresql TCP/5432", flows);
    }

    static IEnumerable<string> Flows(JsonNode spec) =>
        spec["ingress"].Items().SelectMany(rule => Flows("in", rule["from"], rule["ports"]))
            .Concat(spec["egress"].Items().SelectMany(rule => Flows("out", rule["to"], rule["ports"])));

    // A rule without peers or without ports allows all of them, so both must be there.
    static IEnumerable<string> Flows(string direction, JsonNode? peers, JsonNode? ports)
    {
        Assert.NotEmpty(peers.Items());
        Assert.NotEmpty(ports.Items());
        return peers.Items().SelectMany(peer => ports.Items().Select(port => $"{direction} {Peer(peer)} {port["protocol"]}/{port["port"]}"));
    }

    static string Peer(JsonNode peer)
    {
        if (peer["namespaceSelector"] is { } space)
            return $"ns={space["matchLabels"]!["kubernetes.io/metadata.name"]}";
        var labels = peer["podSelector"]!["matchLabels"]!;
        Assert.Equal("governance", (string?)labels["app.kubernetes.io/instance"]);
        return labels["app.kubernetes.io/name"] is { } app ? $"app={app}" : $"part={labels["app.kubernetes.io/part-of"]}";
    }
}
