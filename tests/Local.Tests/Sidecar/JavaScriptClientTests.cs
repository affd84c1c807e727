using System.Diagnostics;
using Governance.Local.Sidecar;
using Governance.Support;
using Xunit;

namespace Governance.Local.Tests.Sidecar;

/// <summary>Dapr's own JavaScript SDK cannot tell the local sidecar from daprd.</summary>
public sealed class JavaScriptClientTests
{
    static readonly string Folder = Path.Combine(Support.Repository.Root, "tests", "Local.Tests", "js");

    [Fact]
    public async Task The_javascript_sdk_publishes_and_subscribes_with_rules_bulk_and_dead_letters()
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
        {
            await Run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        }

        var port = Ports.Free();
        await using var sidecar = await TestSidecar.Start(
            new TestResources(), new("publisher", 0), new SidecarApp("subscriber", 0, port));
        var lines = await Run(
            "node", "roundtrip.js", $"{sidecar.Address().Port}", $"{sidecar.Address("subscriber").Port}", $"{port}");
        Assert.Equal(
            [
                """dead {"poison":true}""",
                "errors 0 0 true",
                """order {"order":1}""",
                """order {"order":4}""",
                """order {"order":5}""",
                """special {"order":2}""",
                """usual {"order":3}""",
            ],
            lines.Order(StringComparer.Ordinal));
    }

    /// <summary>The lines that the program printed.</summary>
    static async Task<string[]> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, UseShellExecute = false,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.Equal(0, process.ExitCode);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
