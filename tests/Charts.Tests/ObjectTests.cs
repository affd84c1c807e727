using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Governance.Charts.Tests;

/// <summary>What holds for every object that the charts render, whatever the values.</summary>
public sealed partial class ObjectTests
{
    public static TheoryData<string> ValuesFiles => Rendered.ValuesFiles;

    [Fact]
    public async Task Every_object_fits_the_schemas_of_Kubernetes_and_of_the_operators()
    {
        // The same object of another values file is checked once.
        var objects = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var file in ValuesFiles)
        {
            foreach (var node in (await Rendered.With(file.Data)).Where(node => !((string)node["apiVersion"]!).StartsWith("dapr.io", StringComparison.Ordinal)))
                objects[node.ToJsonString()] = node;
        }
        // The check itself must find something wrong when something is.
        var wrong = Rendered.Objects("""
            { apiVersion: v1, kind: Service, metadata: { name: unknown-field }, spec: { selectr: {} } }
            ---
            { apiVersion: v1, kind: Service, metadata: { name: wrong-type }, spec: { ports: [{ port: http }] } }
            ---
            { apiVersion: v1, kind: Unheard, metadata: { name: unknown-kind } }
            """);
        var output = await Faults.Of([.. objects.Values, .. wrong]);
        var faults = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToLookup(fault => fault.Split(':')[0], StringComparer.Ordinal);
        Assert.Equal(wrong.Select(node => node.Name()).Order(StringComparer.Ordinal), faults.Select(fault => fault.Key).Order(StringComparer.Ordinal));
        Assert.Contains(objects.Values, node => node.Name() == "HTTPRoute/gateway");
        Assert.Contains(objects.Values, node => node.Name() == "ServiceMonitor/monitoring");
        Assert.Contains(objects.Values, node => node.Name() == "Ingress/gateway-http");
    }

    [Theory]
    [MemberData(nameof(ValuesFiles))]
    public async Task Every_pod_keeps_the_restricted_Pod_Security_Standard_and_its_file_system_closed(string values)
    {
        var pods = (await Rendered.With(values)).Pods().ToArray();
        Assert.NotEmpty(pods);
        foreach (var (owner, pod) in pods)
        {
            var spec = pod["spec"]!;
            Assert.True((bool?)spec["securityContext"]!["runAsNonRoot"], owner);
            Assert.Equal("RuntimeDefault", (string?)spec["securityContext"]!["seccompProfile"]!["type"]);
            Assert.True((long?)spec["securityContext"]!["runAsUser"] > 0, owner);
            Assert.False((bool?)spec["automountServiceAccountToken"], owner);
            Assert.All(["hostNetwork", "hostPID", "hostIPC"], host => Assert.Null(spec[host]));
            Assert.All(spec["volumes"].Items(), volume => Assert.Contains(volume.AsObject().Single(entry => entry.Key != "name").Key,
                (string[])["configMap", "emptyDir", "secret", "projected", "downwardAPI", "csi", "ephemeral", "persistentVolumeClaim"]));
            foreach (var container in pod.Containers())
            {
                var security = container["securityContext"]!;
                Assert.False((bool?)security["allowPrivilegeEscalation"], owner);
                Assert.True((bool?)security["readOnlyRootFilesystem"], owner);
                Assert.Equal("""["ALL"]""", security["capabilities"]!["drop"]!.ToJsonString());
                Assert.Null(security["privileged"]);
                Assert.All(container["ports"].Items(), port => Assert.Null(port["hostPort"]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(ValuesFiles))]
    public async Task Every_container_has_limits_and_every_one_that_stays_has_probes(string values)
    {
        foreach (var (owner, pod) in (await Rendered.With(values)).Pods())
        {
            Assert.All(pod.Containers(), container => Assert.All(["requests", "limits"], kind => Assert.All(["cpu", "memory"],
                resource => Assert.True(container["resources"]?[kind]?[resource] is not null, $"{owner}/{container["name"]}: {kind}.{resource}"))));
            if (!owner.StartsWith("Deployment", StringComparison.Ordinal))
                continue;
            foreach (var container in pod["spec"]!["containers"].Items())
            {
                foreach (var probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
                    Assert.True(container[probe] is not null, $"{owner} has no {probe}");
                var ports = container["ports"].Items().Select(port => (string?)port["name"]).ToArray();
                Assert.Contains((string?)container["readinessProbe"]!["httpGet"]!["port"], ports);
            }
        }
    }

    [Theory]
    [MemberData(nameof(ValuesFiles))]
    public async Task No_secret_is_in_what_is_rendered(string values)
    {
        var objects = await Rendered.With(values);
        Assert.DoesNotContain(objects, node => (string?)node["kind"] == "Secret");
        foreach (var (owner, pod) in objects.Pods())
        {
            foreach (var variable in pod.Containers().SelectMany(container => container["env"].Items()).Where(variable => Secret().IsMatch((string)variable["name"]!)))
                Assert.True(variable["value"] is null && variable["valueFrom"]!["secretKeyRef"] is not null, $"{owner}: {variable["name"]}");
        }
        // A setting of the broker, too, is a secret by its name or none.
        var settings = objects.Where(node => (string?)node["kind"] == "Component").SelectMany(component => component["spec"]!["metadata"].Items());
        Assert.DoesNotContain(settings, setting => Secret().IsMatch((string)setting["name"]!) && setting["value"] is not null);
    }

    [Theory]
    [MemberData(nameof(ValuesFiles))]
    public async Task A_pod_ends_after_its_calls_and_its_sidecar_after_it(string values) => EndInOrder(await Rendered.With(values));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 600)]
    [InlineData(120, 1)]
    public async Task However_long_they_are_given(int drain, int grace)
    {
        var shutdown = (string[])["gateway", "organizations", "monitoring"];
        EndInOrder(await Rendered.Set([.. shutdown.SelectMany(chart => (string[])
            [$"{chart}.service.shutdown.drainSeconds={drain}", $"{chart}.service.shutdown.graceSeconds={grace}"])]));
    }

    static void EndInOrder(IReadOnlyList<JsonNode> objects)
    {
        foreach (var (owner, pod) in objects.Pods().Where(pod => pod.Owner.StartsWith("Deployment", StringComparison.Ordinal)))
        {
            var program = pod["spec"]!["containers"]![0]!;
            var drain = (long)program["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!;
            var calls = long.Parse((string)program["env"].Items().Single(variable => (string?)variable["name"] == "DOTNET_shutdownTimeoutSeconds")["value"]!, null);
            var grace = (long)pod["spec"]!["terminationGracePeriodSeconds"]!;
            Assert.True(drain + calls < grace, owner);
            if (pod["metadata"]!["annotations"]?["dapr.io/enabled"] is null)
                continue;
            var annotations = pod["metadata"]!["annotations"]!;
            Assert.Equal($"{drain + calls}s", (string?)annotations["dapr.io/block-shutdown-duration"]);
            Assert.True(drain + calls + long.Parse((string)annotations["dapr.io/graceful-shutdown-seconds"]!, null) < grace, owner);
            Assert.Equal((long)program["ports"].Items().Single(port => (string?)port["name"] == "http")["containerPort"]!, long.Parse((string)annotations["dapr.io/app-port"]!, null));
            Assert.All(annotations.AsObject(), annotation => Assert.Equal(System.Text.Json.JsonValueKind.String, annotation.Value!.GetValueKind()));
        }
    }

    [Theory]
    [MemberData(nameof(ValuesFiles))]
    public async Task Helms_test_asks_every_program_whether_it_is_ready(string values)
    {
        var objects = await Rendered.With(values);
        var script = (string)objects.Get("Pod/test")["spec"]!["containers"]![0]!["args"]![0]!;
        Assert.Equal(Deployments(objects), Health().Matches(script).Select(asked => asked.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("values.yaml", "port-forward service/gateway 8080:8080")]
    [InlineData("values-small.yaml", "https://governance.example/docs")]
    [InlineData("values-ha.yaml", "https://governance.example/docs")]
    public async Task Whoever_has_installed_is_told_where_the_api_is(string values, string where) =>
        Assert.Contains(where, await Rendered.Notes(values), StringComparison.Ordinal);

    // A chart that is new gets what holds for all in values-ha.yaml only if somebody thinks of it.
    [Fact]
    public async Task For_a_province_every_program_survives_the_loss_of_a_node_and_of_a_zone()
    {
        var objects = await Rendered.With("values-ha.yaml");
        foreach (var name in Deployments(objects))
        {
            Assert.True((long)objects.Get($"HorizontalPodAutoscaler/{name}")["spec"]!["minReplicas"]! >= 3, name);
            Assert.NotNull(objects.Get($"PodDisruptionBudget/{name}"));
            Assert.All(objects.Get($"Deployment/{name}")["spec"]!["template"]!["spec"]!["topologySpreadConstraints"].Items(),
                spread => Assert.Equal("DoNotSchedule", (string?)spread["whenUnsatisfiable"]));
        }
    }

    [Theory]
    [InlineData("values-small.yaml")]
    [InlineData("values-ha.yaml")]
    public async Task The_guide_gives_the_sizes_that_the_values_ask_for(string values)
    {
        var requests = (await Rendered.With(values)).Pods().Where(pod => pod.Owner.StartsWith("Deployment", StringComparison.Ordinal))
            .Select(pod => pod.Pod["spec"]!["containers"]![0]!["resources"]!["requests"]!).ToArray();
        var processors = requests.Select(request => (string)request["cpu"]!).Select(cpu => cpu.EndsWith('m') ? int.Parse(cpu[..^1], null) : 1000 * int.Parse(cpu, null)).ToArray();
        var memory = requests.Select(request => int.Parse(((string)request["memory"]!)[..^2], null)).ToArray();
        Assert.Contains($"{Range(processors)} m / {Range(memory)} MiB",
            await File.ReadAllTextAsync(Path.Combine(Rendered.Root, "charts", "README.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        static string Range(int[] values) => values.Min() == values.Max() ? $"{values.Min()}" : $"{values.Min()}–{values.Max()}";
    }

    static IEnumerable<string> Deployments(IEnumerable<JsonNode> objects) =>
        objects.Where(node => (string?)node["kind"] == "Deployment").Select(node => (string)node["metadata"]!["name"]!).Order(StringComparer.Ordinal);

    [Fact]
    public async Task The_autoscaler_and_not_the_deployment_says_how_many()
    {
        var (fixedCount, scaled) = (await Rendered.Set("monitoring.service.replicas=2"), await Rendered.With("values-ha.yaml"));
        Assert.Equal(2, (long)fixedCount.Get("Deployment/monitoring")["spec"]!["replicas"]!);
        Assert.Null(scaled.Get("Deployment/monitoring")["spec"]!["replicas"]);
        Assert.Equal("monitoring", (string?)scaled.Get("HorizontalPodAutoscaler/monitoring")["spec"]!["scaleTargetRef"]!["name"]);
        // One of one that may not be taken away would keep its node from being emptied.
        Assert.Contains(fixedCount, node => node.Name() == "PodDisruptionBudget/monitoring");
        Assert.DoesNotContain(fixedCount, node => node.Name() == "PodDisruptionBudget/organizations");
    }

    [Fact]
    public async Task A_changed_policy_starts_new_pods()
    {
        var (before, after) = (await Rendered.Set(), await Rendered.Set(@"global.policies.6199\.yaml=values: []"));
        Assert.NotEqual(Checksum(before), Checksum(after));
        Assert.Equal("values: []", (string?)after.Get("ConfigMap/monitoring-policies")["data"]!["6199.yaml"]);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Rendered.Root, "policies", "default.yaml"), TestContext.Current.CancellationToken),
            (string?)before.Get("ConfigMap/monitoring-policies")["data"]!["default.yaml"]);

        static string Checksum(IEnumerable<JsonNode> objects) =>
            (string)objects.Get("Deployment/monitoring")["spec"]!["template"]!["metadata"]!["annotations"]!["checksum/policies"]!;
    }

    [Theory]
    [InlineData("monitoring.service.replica=2", "replica")]
    [InlineData("monitoring.replicas=2", "replicas")]
    [InlineData("organisations.enabled=true", "organisations")]
    [InlineData("global.identity.ur=http://x", "ur")]
    [InlineData("global.identity.url=auth.example", "/global/identity/url")]
    [InlineData("global.network.dns.port=0", "/global/network/dns/port")]
    [InlineData("global.network.database.peers=", "/global/network/database/peers")]
    [InlineData("gateway.ingres.enabled=true", "ingres")]
    [InlineData("gateway.service.resource.limits.cpu=1", "resource")]
    [InlineData("dapr.broker=rabbitmq", "/dapr/broker")]
    [InlineData("dapr.metadata.saslPassword.secretKeyRef.nam=x", "secretKeyRef")]
    [InlineData(@"global.policies.Shaanxi\.yaml=x", "Shaanxi.yaml")]
    public async Task A_key_or_value_that_nobody_reads_is_refused(string value, string named)
    {
        var (code, output) = await Rendered.Template(value);
        Assert.NotEqual(0, code);
        Assert.Contains(named, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_come_from_one_registry_by_tag_or_by_digest()
    {
        var digest = $"sha256:{new string('0', 64)}";
        var objects = await Rendered.Set("global.image.registry=registry.example/x/", "global.image.tag=1.2.3", $"monitoring.service.image.digest={digest}");
        Assert.All(objects.Get("Deployment/organizations")["spec"]!["template"]!.Containers(),
            container => Assert.Equal("registry.example/x/organizations:1.2.3", (string?)container["image"]));
        Assert.All(objects.Get("Deployment/monitoring")["spec"]!["template"]!.Containers(),
            container => Assert.Equal($"registry.example/x/monitoring@{digest}", (string?)container["image"]));
    }

    [Fact]
    public async Task The_gateway_calls_every_service_where_its_chart_puts_it()
    {
        var objects = await Rendered.Set();
        var services = objects.Where(node => (string?)node["kind"] == "Service" && (string?)node["metadata"]!["name"] != "gateway").ToArray();
        var environment = objects.Get("Deployment/gateway")["spec"]!["template"]!["spec"]!["containers"]![0]!["env"].Items()
            .ToDictionary(variable => (string)variable["name"]!, variable => (string?)variable["value"], StringComparer.Ordinal);
        Assert.NotEmpty(services);
        foreach (var service in services)
        {
            var name = (string)service["metadata"]!["name"]!;
            // Headless: the gateway balances calls over the pods behind the name.
            Assert.Equal("None", (string?)service["spec"]!["clusterIP"]);
            var port = service["spec"]!["ports"].Items().Single(port => (string?)port["name"] == "grpc")["port"];
            Assert.Equal($"http://{name}:{port}", environment[$"ReverseProxy__Clusters__{name}__Destinations__default__Address"]);
        }
    }

    [GeneratedRegex("http://([a-z]+):8080/healthz")]
    private static partial Regex Health();

    [GeneratedRegex("(?i)password|secret|token$|(encryption|hash)key|connectionstrings|username")]
    private static partial Regex Secret();
}
