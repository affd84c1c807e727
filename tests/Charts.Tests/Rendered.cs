using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Governance.Charts.Tests;

/// <summary>What `./governance charts` makes of the charts, and what helm makes of them with other values.</summary>
static partial class Rendered
{
    public static readonly string Root = Support.Repository.Root;
    static readonly Lazy<Task<string>> s_charts = new(Make);

    /// <summary>The values files of the umbrella.</summary>
    public static TheoryData<string> ValuesFiles =>
        [.. Directory.GetFiles(Path.Combine(Root, "charts", "governance"), "values*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <summary>The objects of the suite with one of its values files.</summary>
    public static async Task<IReadOnlyList<JsonNode>> With(string valuesFile) =>
        Objects(await File.ReadAllTextAsync(Path.Combine(await s_charts.Value, "rendered", valuesFile)));

    /// <summary>The objects of the suite with its default values and these of `--set`.</summary>
    public static async Task<IReadOnlyList<JsonNode>> Set(params string[] values)
    {
        var (code, output) = await Template(values);
        Assert.True(code == 0, output);
        return Objects(output);
    }

    /// <summary>What helm says to these values of `--set`.</summary>
    public static Task<(int Code, string Output)> Template(params string[] values) => Helm("template", [.. values.SelectMany(value => (string[])["--set", value])]);

    /// <summary>What helm shows to who installs the suite with one of its values files.</summary>
    public static async Task<string> Notes(string valuesFile)
    {
        var (code, output) = await Helm("install", "--dry-run=client", "--values", Path.Combine(Root, "charts", "governance", valuesFile));
        Assert.True(code == 0, output);
        return output[output.IndexOf("\nNOTES:", StringComparison.Ordinal)..];
    }

    static async Task<(int Code, string Output)> Helm(string verb, params string[] arguments)
    {
        var chart = Path.Combine(await s_charts.Value, "source", "governance");
        var helm = Path.Combine(Root, "artifacts", "helm", "helm");
        return await Shell.Run(File.Exists(helm) ? helm : "helm", Root, "", [verb, "governance", chart, .. arguments]);
    }

    public static IReadOnlyList<JsonNode> Objects(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => Json(document.RootNode)).OfType<JsonNode>()];
    }

    public static string Name(this JsonNode node) => $"{node["kind"]}/{node["metadata"]!["name"]}";

    public static JsonNode Get(this IEnumerable<JsonNode> objects, string name) =>
        objects.SingleOrDefault(node => node.Name() == name) ?? throw new KeyNotFoundException($"No {name} was rendered.");

    public static IEnumerable<JsonNode> Items(this JsonNode? node) => node?.AsArray().Select(item => item!) ?? [];

    /// <summary>Every pod that the objects ask for, by the name of who asks.</summary>
    public static IEnumerable<(string Owner, JsonNode Pod)> Pods(this IEnumerable<JsonNode> objects) => objects.SelectMany(node => (string?)node["kind"] switch
    {
        "Deployment" or "Job" => [(node.Name(), node["spec"]!["template"]!)],
        "Pod" => [(node.Name(), node)],
        _ => Array.Empty<(string, JsonNode)>(),
    });

    public static IEnumerable<JsonNode> Containers(this JsonNode pod) => pod["spec"]!["initContainers"].Items().Concat(pod["spec"]!["containers"].Items());

    static async Task<string> Make()
    {
        var (code, output) = await Shell.Run(Path.Combine(Root, "governance"), Root, "", "charts");
        Assert.True(code == 0, output);
        return Path.Combine(Root, "artifacts", "charts");
    }

    /// <summary>YAML's core schema, as Kubernetes reads it.</summary>
    static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Json(child.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(Json)]),
        YamlScalarNode { Style: not ScalarStyle.Plain } quoted => quoted.Value,
        YamlScalarNode { Value: null or "" or "~" or "null" } => null,
        YamlScalarNode { Value: "true" or "false" } flag => flag.Value == "true",
        YamlScalarNode { Value: { } number } when Integer().IsMatch(number) => long.Parse(number, System.Globalization.CultureInfo.InvariantCulture),
        YamlScalarNode { Value: { } number } when Number().IsMatch(number) => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture),
        YamlScalarNode text => text.Value,
        _ => throw new InvalidDataException($"{node} is neither mapping nor sequence nor scalar."),
    };

    [GeneratedRegex(@"^-?\d+$")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^-?\d+(\.\d+)?([eE][-+]?\d+)?$")]
    private static partial Regex Number();
}
