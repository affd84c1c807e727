using System.Diagnostics;
using Xunit;

namespace Governance.Gateway.Tests;

/// <summary>The contracts keep their own rules, as buf reads them from services/buf.yaml.</summary>
public sealed class ContractTests
{
    const string Version = "1.75.0";

    static readonly string _root = Support.Repository.Root;
    static readonly Lazy<Task<string>> _buf = new(Install);

    [Fact]
    public async Task The_contracts_pass_lint()
    {
        var (code, output) = await Run(await _buf.Value, Path.Combine(_root, "services"), "lint", ".");
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task The_contracts_break_nothing_that_main_promises()
    {
        // A clone without a branch called main, as some builds make it, compares with what it was cloned at.
        var (missing, _) = await Run("git", _root, "rev-parse", "--verify", "--quiet", "main");
        var against = $"{Path.Combine(_root, ".git")}#ref={(missing == 0 ? "main" : "HEAD")},subdir=services";
        var (code, output) = await Run(await _buf.Value, Path.Combine(_root, "services"), "breaking", ".", "--against", against);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task A_change_that_breaks_callers_is_noticed()
    {
        var copy = Directory.CreateTempSubdirectory("contracts");
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(_root, "services"), "*.proto", SearchOption.AllDirectories)
                .Append(Path.Combine(_root, "services", "buf.yaml")))
            {
                var target = Path.Combine(copy.FullName, Path.GetRelativePath(Path.Combine(_root, "services"), file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                var text = await File.ReadAllTextAsync(file);
                await File.WriteAllTextAsync(
                    target, text.Replace("string policy_id = 1;", "int64 policy_id = 1;", StringComparison.Ordinal));
            }
            var (code, output) = await Run(await _buf.Value, copy.FullName, "breaking", ".", "--against", Path.Combine(_root, "services"));
            Assert.NotEqual(0, code);
            Assert.Contains("policy_id", output, StringComparison.Ordinal);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    static async Task<string> Install()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, "artifacts", "buf", Version)).FullName;
        var buf = Path.Combine(folder, "node_modules", ".bin", "buf");
        if (!File.Exists(buf))
        {
            var (code, output) = await Run(
                "npm", folder, "install", "--no-audit", "--no-fund", "--prefix", folder, $"@bufbuild/buf@{Version}");
            Assert.True(code == 0, $"npm could not install buf. {output}");
        }
        return buf;
    }

    static async Task<(int Code, string Output)> Run(string program, string folder, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (process.ExitCode, await output + await errors);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{program} is missing. Install it: apt-get install git nodejs npm", e);
        }
    }
}
