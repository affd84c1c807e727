using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Governance.Bench;

/// <summary>Load from outside the process: h2load, so that what is measured here is the server alone.</summary>
static partial class Load
{
    /// <summary>Requests per second of gRPC calls with one framed message, 8 connections of 25 streams unless said otherwise.</summary>
    public static Task<double> Grpc(string url, byte[] frame, int requests, int clients = 8, int streams = 25, params string[] headers) =>
        Run(url, requests, ["-c", $"{clients}", "-m", $"{streams}"], frame, ["content-type: application/grpc", "te: trailers", .. headers]);

    /// <summary>Requests per second of GET over HTTP/1.1 on as many connections as <paramref name="clients"/>.</summary>
    public static Task<double> Get(string url, int requests, int clients, params string[] headers) => Run(url, requests, ["--h1", "-c", $"{clients}"], null, headers);

    static async Task<double> Run(string url, int requests, string[] options, byte[]? body, string[] headers)
    {
        var file = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("h2load") { RedirectStandardOutput = true, RedirectStandardError = true };
            if (body is not null)
                await File.WriteAllBytesAsync(file, body);
            foreach (var argument in (IEnumerable<string>)
                ["-n", $"{requests}", .. options, .. body is null ? [] : (string[])["-d", file], .. headers.SelectMany(header => (string[])["-H", header]), url])
                start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            // A call that the server answered with an error status did less work than it should: the figure would be a lie.
            if (Succeeded().Match(output).Groups[1].Value != $"{requests}" || !output.Contains($"{requests} 2xx", StringComparison.Ordinal))
                throw new InvalidOperationException($"Not every request to {url} succeeded.\n{output}");
            return double.Parse(Rate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException("h2load is missing. Install it: apt-get install nghttp2-client", missing);
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
