using System.Diagnostics;
using Governance.Interop;
using Governance.Support;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Governance.Polyfills.Tests.Grpc;

/// <summary>Other people's gRPC, to speak with: Ruby's, which is the C core's, and JavaScript's.</summary>
public sealed class InteropFixture : IAsyncLifetime
{
    const string RubyRemedy = "Install Debian's gRPC for Ruby: apt-get install ruby-grpc ruby-googleauth ruby-minitest";
    const string NodeRemedy = "Install Node.js: apt-get install nodejs npm";

    WebApplication _server = null!;
    Process? _rubyServer;
    Task<GrpcChannel>? _ruby;
    Task<string>? _javaScript;

    /// <summary>The port of our server.</summary>
    public int Port => new Uri(_server.Urls.First()).Port;

    public async ValueTask InitializeAsync() => _server = await InteropServer.StartAsync(0);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_rubyServer is null)
            return;
        _rubyServer.Kill();
        await _rubyServer.WaitForExitAsync();
        _rubyServer.Dispose();
    }

    public async Task RunRubyClientAsync(string name) => await RunAsync(
        "ruby", [await RubyTestAsync("client.rb"), "--server_host=127.0.0.1", $"--server_port={Port}", $"--test_case={name}"], RubyRemedy);

    public async Task RunJavaScriptClientAsync(string name)
    {
        var client = await (_javaScript ??= InstallJavaScriptAsync());
        await RunAsync("node", [client, Path.Combine(Repository(), "tests/Interop/interop.proto"), $"{Port}", name], NodeRemedy);
    }

    /// <summary>Ruby's server, started at first use.</summary>
    public Task<GrpcChannel> ConnectToRubyAsync() => _ruby ??= StartRubyAsync();

    async Task<GrpcChannel> StartRubyAsync()
    {
        var port = Ports.Free();
        _rubyServer = Start("ruby", [await RubyTestAsync("server.rb"), $"--port={port}", "--use_tls=false"], RubyRemedy);
        // What nobody reads would block it.
        _rubyServer.BeginOutputReadLine();
        _rubyServer.BeginErrorReadLine();
        var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var client = new TestService.TestServiceClient(channel);
        for (var patience = Stopwatch.StartNew(); ;)
        {
            try
            {
                await client.EmptyCallAsync(new Empty());
                return channel;
            }
            catch (RpcException exception)
                when (exception.StatusCode is StatusCode.Unavailable && patience.Elapsed < TimeSpan.FromSeconds(60))
            {
                Assert.False(_rubyServer.HasExited, "Ruby's interoperability server ended at once.");
                await Task.Delay(100);
            }
        }
    }

    static async Task<string> RubyTestAsync(string file) =>
        (await RunAsync("dpkg", ["-L", "ruby-grpc"], RubyRemedy)).Split('\n')
            .Single(line => line.EndsWith($"pb/test/{file}", StringComparison.Ordinal));

    /// <summary>Installs the pinned packages beside the build's output, once.</summary>
    static async Task<string> InstallJavaScriptAsync()
    {
        var source = Path.Combine(Repository(), "tests/Interop/js");
        var target = Directory.CreateDirectory(Path.Combine(Repository(), "artifacts/interop-js")).FullName;
        foreach (var file in Directory.GetFiles(source))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        await RunAsync("npm", ["install", "--prefix", target, "--no-audit", "--no-fund", "--prefer-offline"], NodeRemedy);
        return Path.Combine(target, "client.js");
    }

    static async Task<string> RunAsync(string program, string[] arguments, string remedy)
    {
        using var process = Start(program, arguments, remedy);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{await output}\n{await errors}\n{remedy}");
        return await output;
    }

    static Process Start(string program, string[] arguments, string remedy)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException($"{program} cannot be started. {remedy}", exception);
        }
    }

    static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Governance.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run inside the repository.");
        return folder.FullName;
    }
}

/// <summary>The official interoperability cases, in every pairing.</summary>
public sealed class InteropTests(InteropFixture interop) : IClassFixture<InteropFixture>
{
    /// <summary>What every client and server knows.</summary>
    static readonly string[] _common =
    [
        "empty_unary", "large_unary", "client_streaming", "server_streaming", "ping_pong", "empty_stream", "custom_metadata",
        "status_code_and_message", "unimplemented_method", "unimplemented_service", "cancel_after_begin", "cancel_after_first_response",
        "timeout_on_sleeping_server",
    ];

    public static TheoryData<string> OurCases => [.. InteropClient.Cases.Keys];

    public static TheoryData<string> RubyClientCases => [.. _common, "client_compressed_unary", "client_compressed_streaming"];

    // Ruby's server has 30 threads and does not look whether requests are compressed.
    public static TheoryData<string> RubyServerCases =>
        [.. _common, "special_status_message", "server_compressed_unary", "server_compressed_streaming"];

    public static TheoryData<string> JavaScriptClientCases =>
    [
        .. _common, "special_status_message", "client_compressed_unary", "client_compressed_streaming", "server_compressed_unary",
        "server_compressed_streaming",
    ];

    [Theory]
    [MemberData(nameof(OurCases))]
    public async Task Our_client_understands_our_server(string name)
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{interop.Port}");
        await InteropClient.Cases[name](new InteropClient(channel));
    }

    [Theory]
    [MemberData(nameof(RubyClientCases))]
    public Task The_C_core_client_understands_our_server(string name) => interop.RunRubyClientAsync(name);

    [Theory]
    [MemberData(nameof(JavaScriptClientCases))]
    public Task The_JavaScript_client_understands_our_server(string name) => interop.RunJavaScriptClientAsync(name);

    [Theory]
    [MemberData(nameof(RubyServerCases))]
    public async Task Our_client_understands_the_C_core_server(string name) =>
        await InteropClient.Cases[name](new InteropClient(await interop.ConnectToRubyAsync()));
}
