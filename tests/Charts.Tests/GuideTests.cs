using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Governance.Charts.Tests;

/// <summary>The operations guide tells of what is there; its commands are run as they stand in it, with stand-ins for what needs a cluster.</summary>
public sealed partial class GuideTests
{
    static readonly string s_guide = File.ReadAllText(Path.Combine(Rendered.Root, "charts", "README.md"));

    [Theory]
    [InlineData("values-ha.yaml")]
    [InlineData("values-small.yaml")]
    public async Task Whoever_installs_as_it_says_has_every_secret_that_the_suite_asks_for(string values)
    {
        var folder = Directory.CreateTempSubdirectory("install");
        try
        {
            // A line for each call, its arguments apart by tabs.
            foreach (var program in (string[])["kubectl", "helm", "psql"])
            {
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, program), $"#!/bin/bash\n(IFS=$'\\t'; echo \"$*\") >>{folder}/{program}.calls\n", TestContext.Current.CancellationToken);
                await Shell.Run("chmod", folder.FullName, "", "+x", program);
            }
            var install = Install().Match(s_guide).Groups["block"].Value;
            var (code, output) = await Shell.Run("env", Rendered.Root, install, $"PATH={folder}:{Environment.GetEnvironmentVariable("PATH")}", "bash", "-euo", "pipefail");
            Assert.True(code == 0, output);

            var made = (await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "kubectl.calls"), TestContext.Current.CancellationToken))
                .Select(call => call.Split('\t')).Where(call => call.Contains("secret"))
                .SelectMany(call => call.Where(argument => argument.StartsWith("--from-literal=", StringComparison.Ordinal)).Select(argument => $"{call[5]}/{argument.Split('=')[1]}")).ToArray();
            var objects = await Rendered.With(values);
            var asked = objects.SelectMany(References).Concat(objects.Pods().SelectMany(pod => pod.Pod["metadata"]?["annotations"]?.AsObject() ?? [])
                .Where(annotation => annotation.Key.EndsWith("-token-secret", StringComparison.Ordinal)).Select(annotation => $"{annotation.Value}/token"));
            Assert.Empty(asked.Except(made));
            Assert.Equal(2, (await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "helm.calls"), TestContext.Current.CancellationToken)).Length);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static IEnumerable<string> References(JsonNode? node) => node switch
        {
            JsonObject fields => fields.SelectMany(field => field is { Key: "secretKeyRef", Value: { } secret }
                ? (bool?)secret["optional"] == true ? [] : [$"{secret["name"]}/{secret["key"]}"]
                : References(field.Value)),
            JsonArray items => items.SelectMany(References),
            _ => [],
        };
    }

    [Fact]
    public void Every_path_of_the_api_that_it_names_is_there_in_every_service()
    {
        var paths = ApiPath().Matches(s_guide).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(paths);
        foreach (var service in (string[])["organizations", "monitoring"])
        {
            var contract = string.Concat(Directory.GetFiles(Path.Combine(Rendered.Root, "services", service, "contract"), "*.proto").Select(File.ReadAllText));
            Assert.All(paths, path => Assert.Contains($"\"/v1/{service}/{path}\"", contract, StringComparison.Ordinal));
        }
    }

    [GeneratedRegex(@"## Install\s+```bash\n(?<block>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Install();

    [GeneratedRegex("/v1/<service>/([a-z:-]+)")]
    private static partial Regex ApiPath();
}
