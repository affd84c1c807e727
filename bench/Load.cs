using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Governance.Bench;

/// <summary>Load from outside the process: h2load, so that what is measured here is the server alone.</summary>
static partial class Load
{
    /// <summary>Requests per second of <paramref name="requests"/> posts of <paramref name="body"/>, 8 connections of 25 streams.</summary>
    public static async Task<double> Post(string url, byte[] body, int requests, params string[] headers)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, body);
            var start = new ProcessStartInfo("h2load") { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in (IEnumerable<string>)["-n", requests.ToString(CultureInfo.InvariantCulture), "-c", "8", "-m", "25", "-d", file, .. headers.SelectMany(header => (string[])["-H", header]), url])
                start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            var succeeded = Succeeded().Match(output).Groups[1].Value;
            if (succeeded != requests.ToString(CultureInfo.InvariantCulture))
                throw new InvalidOperationException($"h2load: {succeeded} of {requests} requests succeeded.\n{output}");
            return double.Parse(Rate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException("h2load is missing. Install it: apt-get install nghttp2-client");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex(@"([\d.]+) req/s")]
    private static partial Regex Rate();

    [GeneratedRegex(@"(\d+) succeeded")]
    private static partial Regex Succeeded();
}
