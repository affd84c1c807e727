using System.Text.Json.Nodes;
using Xunit;

namespace Governance.Charts.Tests;

static class Faults
{
    static readonly Lazy<Task<string>> s_models = new(() => Shell.Npm("kubernetes-models", "kubernetes-models@5.1.0", "@kubernetes-models/gateway-api@2.0.0",
        "@kubernetes-models/prometheus-operator@6.0.0", "typescript@5.9.3"));

    /// <summary>A line for everything that Kubernetes' and the operators' schemas have against these objects.</summary>
    public static async Task<string> Of(params IReadOnlyList<JsonNode> objects)
    {
        var (code, output) = await Shell.Run("node", Rendered.Root, new JsonArray([.. objects.Select(node => node.DeepClone())]).ToJsonString(),
            Path.Combine(Rendered.Root, "tests", "Charts.Tests", "validate.mjs"), await s_models.Value);
        Assert.True(code == 0, output);
        return output;
    }
}
