using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Governance.Charts.Tests;

/// <summary>Dashboard and rules ask for figures that the code measures, under the names that OTLP gives them in Prometheus.</summary>
public sealed partial class ObservabilityTests
{
    static readonly string s_folder = Path.Combine(Rendered.Root, "charts", "governance", "observability");

    static IEnumerable<string> Expressions =>
        Rendered.Objects(File.ReadAllText(Path.Combine(s_folder, "rules.yaml"))).Single()["groups"]![0]!["rules"].Items().Select(rule => (string)rule["expr"]!)
            .Concat(JsonNode.Parse(File.ReadAllText(Path.Combine(s_folder, "dashboard.json")))!["panels"].Items()
                .SelectMany(panel => panel["targets"].Items()).Select(target => (string)target["expr"]!));

    /// <summary>What Prometheus calls each instrument that the code makes.</summary>
    static HashSet<string> Measured =>
        [.. Directory.EnumerateFiles(Path.Combine(Rendered.Root, "services"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)
            .SelectMany(code => Instrument().Matches(code)).SelectMany(Names)];

    [Fact]
    public void Every_figure_that_is_asked_for_is_measured()
    {
        var asked = Expressions.SelectMany(expression => Metric().Matches(expression)).Select(match => match.Value).ToHashSet();
        Assert.NotEmpty(asked);
        Assert.Empty(asked.Except(Measured));
        var guide = File.ReadAllText(Path.Combine(Rendered.Root, "charts", "README.md"));
        Assert.All(Metric().Matches(guide), named => Assert.Contains(Measured, metric => metric.StartsWith(named.Value, StringComparison.Ordinal)));
        // And nothing is measured that nobody looks at; of a histogram one series is enough.
        Assert.Empty(Measured.Where(name => !name.EndsWith("_sum", StringComparison.Ordinal)).Except(asked));
    }

    [Theory]
    [InlineData("governance_outbox_lag_seconds")]
    [InlineData("governance_parked_events")]
    [InlineData("governance_dead_letters")]
    [InlineData("governance_overdue_steps")]
    [InlineData("governance_rpc_duration_seconds_count")]
    [InlineData("governance_rpc_duration_seconds_bucket")]
    public async Task A_rule_watches_and_the_cluster_gets_it(string metric)
    {
        var objects = await Rendered.With("values-ha.yaml");
        var rules = objects.Get("PrometheusRule/governance")["spec"]!["groups"]![0]!["rules"].Items().ToArray();
        var rule = Assert.Single(rules.Where(rule => ((string)rule["expr"]!).Contains(metric, StringComparison.Ordinal)).Take(1));
        // Whoever is woken is told what it means.
        Assert.NotEqual("", (string?)rule["annotations"]!["description"] ?? "");
        var dashboard = JsonNode.Parse((string)objects.Get("ConfigMap/governance-dashboard")["data"]!["governance.json"]!)!;
        Assert.Contains(dashboard["panels"].Items(), panel => panel["targets"].Items().Any(target => ((string)target["expr"]!).Contains(metric, StringComparison.Ordinal)));
    }

    // A collector's Prometheus exporter turns dots into underscores, adds the unit unless it is an annotation in braces, and _total to what only grows.
    static IEnumerable<string> Names(Match instrument)
    {
        var name = instrument.Groups["name"].Value.Replace('.', '_') + (instrument.Groups["unit"].Value == "s" ? "_seconds" : "");
        return instrument.Groups["kind"].Value switch
        {
            "Counter" => [name + "_total"],
            "Histogram" => [name + "_count", name + "_sum", name + "_bucket"],
            _ => [name],
        };
    }

    [GeneratedRegex("""(?:Create(?<kind>Counter|Histogram)<\w+>|(?<kind>Gauge))\(\s*"(?<name>governance\.[a-z.]+)", "(?<unit>[^"]*)",""")]
    private static partial Regex Instrument();

    [GeneratedRegex("governance_[a-z_]+")]
    private static partial Regex Metric();
}
