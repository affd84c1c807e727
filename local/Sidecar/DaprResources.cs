using System.Buffers;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Governance.Local.Sidecar;

/// <summary>How often a failed delivery is tried again, and after how long; the defaults are Dapr's.</summary>
/// <param name="MaxRetries">Attempts after the first; none means for ever.</param>
sealed record RetryPolicy(bool Exponential, TimeSpan Interval, TimeSpan MaxInterval, int? MaxRetries)
{
    /// <summary>The wait before retry <paramref name="retry"/> (1, 2, …); null when there is none left.</summary>
    public TimeSpan? Wait(int retry)
    {
        if (retry > MaxRetries)
        {
            return null;
        }

        if (!Exponential)
        {
            return Interval;
        }

        var wait = Math.Min(Interval.TotalSeconds * Math.Pow(1.5, Math.Min(retry - 1, 100)), MaxInterval.TotalSeconds);
        // Spread by half either way, so that what failed together does not come back together.
        return TimeSpan.FromSeconds(wait * (0.5 + Random.Shared.NextDouble()));
    }
}

/// <summary>The pub/sub component and what resiliency says of it, as <c>dapr run</c> would read them.</summary>
/// <param name="Pubsub">The component's name.</param>
/// <param name="Type">The component's type, e.g. "pubsub.redis"; told to who asks, the messages are in PostgreSQL.</param>
/// <param name="DeliveryRetry">None means that the first failure is final.</param>
/// <param name="DeliveryTimeout">None means that a delivery may take for ever.</param>
sealed record DaprResources(string Pubsub, string Type, RetryPolicy? DeliveryRetry, TimeSpan? DeliveryTimeout)
{
    static readonly SearchValues<char> Number = SearchValues.Create("0123456789.");

    IReadOnlyCollection<string> Apps { get; init; } = [];

    IReadOnlyDictionary<string, string[]> Publishing { get; init; } = new Dictionary<string, string[]>();

    IReadOnlyDictionary<string, string[]> Subscribing { get; init; } = new Dictionary<string, string[]>();

    /// <summary>Whether the component exists for the application at all.</summary>
    public bool Serves(string app) => Apps.Count == 0 || Apps.Contains(app);

    public bool MayPublish(string app, string topic) => InScope(Publishing, app, topic);

    public bool MaySubscribe(string app, string topic) => InScope(Subscribing, app, topic);

    // An application that no scope names may do everything; see dapr's "Scope Pub/sub topic access".
    static bool InScope(IReadOnlyDictionary<string, string[]> scopes, string app, string topic) =>
        !scopes.TryGetValue(app, out var topics) || topics.Contains(topic);

    /// <summary>Reads the resource folders that <paramref name="daprFolder"/>/dapr.yaml names.</summary>
    /// <exception cref="InvalidDataException">A file is not what Dapr expects; the message names the file and what to mend.</exception>
    public static DaprResources Read(string daprFolder)
    {
        var run = Documents(Path.Combine(daprFolder, "dapr.yaml")).Single();
        var resources = Items(Child(run, "common", "resourcesPaths")).Select(folder => Path.Combine(daprFolder, Text(folder)!))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
            .SelectMany(Documents)
            .ToLookup(document => Text(Child(document, "kind")));

        var components = resources["Component"]
            .Where(component => Text(Child(component, "spec", "type"))?.StartsWith("pubsub.", StringComparison.Ordinal) == true).ToArray();
        if (components is not [var pubsub])
        {
            throw new InvalidDataException(
                $"The resource folders of {daprFolder}/dapr.yaml hold {components.Length} pub/sub components; there must be one.");
        }

        var name = Text(Child(pubsub, "metadata", "name"))!;
        var settings = Items(Child(pubsub, "spec", "metadata"))
            .ToDictionary(item => Text(Child(item, "name"))!, item => Text(Child(item, "value")), StringComparer.OrdinalIgnoreCase);
        var (retry, timeout) = Resiliency(resources["Resiliency"].SingleOrDefault(), name);
        return new DaprResources(name, Text(Child(pubsub, "spec", "type"))!, retry, timeout)
        {
            Apps = [.. Items(Child(pubsub, "scopes")).Select(app => Text(app)!)],
            Publishing = Scopes(settings.GetValueOrDefault("publishingScopes")),
            Subscribing = Scopes(settings.GetValueOrDefault("subscriptionScopes")),
        };
    }

    static (RetryPolicy? Retry, TimeSpan? Timeout) Resiliency(YamlNode? resiliency, string component)
    {
        var policies = Child(resiliency, "spec", "policies");
        var inbound = Child(resiliency, "spec", "targets", "components", component, "inbound");
        var timeout = Text(Child(inbound, "timeout")) is { } timeoutName
            ? Text(Child(policies, "timeouts", timeoutName)) ?? throw Missing("timeouts", timeoutName)
            : null;
        if (Text(Child(inbound, "retry")) is not { } retryName)
        {
            return (null, Duration(timeout));
        }

        var retry = Child(policies, "retries", retryName) ?? throw Missing("retries", retryName);
        var exponential = Text(Child(retry, "policy")) == "exponential";
        var maxRetries = int.Parse(Text(Child(retry, "maxRetries")) ?? "-1");
        return (
            new RetryPolicy(
                exponential,
                Interval: exponential ? TimeSpan.FromSeconds(0.5) : Duration(Text(Child(retry, "duration"))) ?? TimeSpan.FromSeconds(5),
                MaxInterval: Duration(Text(Child(retry, "maxInterval"))) ?? TimeSpan.FromSeconds(60),
                MaxRetries: maxRetries < 0 ? null : maxRetries),
            Duration(timeout));

        static InvalidDataException Missing(string kind, string policy) =>
            new($"The resiliency target asks for spec.policies.{kind}.{policy}, which is not there.");
    }

    // "app1=topic1,topic2;app2="
    static Dictionary<string, string[]> Scopes(string? text) => (text ?? "").Replace(" ", "", StringComparison.Ordinal)
        .Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(app => app.Split('='))
        .Where(app => app.Length == 2)
        .ToDictionary(app => app[0], app => app[1].Split(','));

    /// <summary>Go's notation: "500ms", "15s", "20m", "1h30m".</summary>
    internal static TimeSpan? Duration(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var total = TimeSpan.Zero;
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            var digits = rest.IndexOfAnyExcept(Number);
            var unit = digits <= 0 ? [] : rest[digits..];
            var next = unit.IndexOfAny(Number);
            unit = next < 0 ? unit : unit[..next];
            total += unit switch
            {
                "ms" => TimeSpan.FromMilliseconds(double.Parse(rest[..digits])),
                "s" => TimeSpan.FromSeconds(double.Parse(rest[..digits])),
                "m" => TimeSpan.FromMinutes(double.Parse(rest[..digits])),
                "h" => TimeSpan.FromHours(double.Parse(rest[..digits])),
                _ => throw new InvalidDataException($"'{text}' is no duration; write e.g. 500ms, 15s or 1h30m."),
            };
            rest = rest[(digits + unit.Length)..];
        }

        return total;
    }

    static IEnumerable<YamlNode> Documents(string file)
    {
        var yaml = new YamlStream();
        try
        {
            using var reader = File.OpenText(file);
            yaml.Load(reader);
        }
        catch (YamlException exception)
        {
            throw new InvalidDataException($"{file} is no YAML: {exception.Message}", exception);
        }

        return yaml.Documents.Select(document => document.RootNode);
    }

    static YamlNode? Child(YamlNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = node is YamlMappingNode mapping && mapping.Children.TryGetValue(name, out var child) ? child : null;
        }

        return node;
    }

    static IEnumerable<YamlNode> Items(YamlNode? node) => node as YamlSequenceNode ?? [];

    static string? Text(YamlNode? node) => (node as YamlScalarNode)?.Value;
}
