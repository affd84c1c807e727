using System.Diagnostics;

namespace Governance.Charts.Tests;

static class Shell
{
    /// <summary>Runs a program to its end with <paramref name="input"/>; the output has both its streams.</summary>
    public static async Task<(int Code, string Output)> Run(string program, string folder, string input, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            // Helm tells of every link that it follows.
            return (process.ExitCode, await output + (process.ExitCode == 0 ? "" : await errors));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{program} is missing. Install it: apt-get install nodejs npm unzip jq postgresql", e);
        }
    }

    /// <summary>Installs npm packages once for this machine, apart from the sources; answers with the folder.</summary>
    public static async Task<string> Npm(string name, params string[] packages)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Rendered.Root, "artifacts", name)).FullName;
        var installed = Path.Combine(folder, "installed");
        var wanted = string.Join('\n', packages);
        if (!File.Exists(installed) || await File.ReadAllTextAsync(installed) != wanted)
        {
            var (code, output) = await Run("npm", folder, "",
                ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps", "--prefix", folder, .. packages]);
            if (code != 0)
                throw new InvalidOperationException($"npm could not install {string.Join(", ", packages)}. {output}");
            await File.WriteAllTextAsync(installed, wanted);
        }
        return folder;
    }
}
