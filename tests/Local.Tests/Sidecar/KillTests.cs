using System.Diagnostics;
using System.Net;
using System.Text;
using Xunit;

namespace Governance.Local.Tests.Sidecar;

/// <summary>A sidecar as a process of its own, killed without warning.</summary>
public sealed class KillTests
{
    sealed class SidecarProcess : IDisposable
    {
        readonly Process _process;

        public SidecarProcess(TestDatabase database, TestResources resources, int appPort)
        {
            _process = Process.Start(new ProcessStartInfo("dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "Governance.Local.dll"), "sidecar",
                "--ConnectionString", database.ConnectionString, "--DaprFolder", resources.Folder,
                "--Apps:0:Id", "publisher", "--Apps:0:SidecarPort", "0",
                "--Apps:1:Id", "subscriber", "--Apps:1:SidecarPort", "0", "--Apps:1:AppPort", $"{appPort}",
            ])
            {
                RedirectStandardOutput = true, UseShellExecute = false,
            })!;
            while (_process.StandardOutput.ReadLine() is { } line)
            {
                if (line.StartsWith("publisher=", StringComparison.Ordinal))
                {
                    PublisherPort = int.Parse(line.Split(' ')[0].Split('=')[1]);
                    _ = _process.StandardOutput.ReadToEndAsync();
                    return;
                }
            }

            throw new InvalidOperationException("The sidecar ended before it was ready.");
        }

        public int PublisherPort { get; }

        /// <summary>SIGKILL.</summary>
        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }

    [Fact]
    public async Task What_was_accepted_before_a_kill_is_delivered_after_the_next_start()
    {
        await using var database = await TestDatabase.Create();
        using var resources = new TestResources();
        await using var app = new TestApp();
        using var http = new HttpClient();
        using (var sidecar = new SidecarProcess(database, resources, app.Port))
        {
            for (var i = 0; i < 100; i++)
            {
                await Publish(http, sidecar.PublisherPort, $"{i}");
            }
        }

        await app.Start();
        using var next = new SidecarProcess(database, resources, app.Port);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), (await app.Next(100)).Select(received => received.Data));
    }

    [Fact]
    public async Task Kills_in_the_middle_of_traffic_lose_nothing_and_keep_the_order_of_each_key()
    {
        const int Messages = 300;
        await using var database = await TestDatabase.Create();
        using var resources = new TestResources();
        await using var app = await TestApp.Start();
        using var http = new HttpClient();
        var accepted = 0;
        var sidecar = new SidecarProcess(database, resources, app.Port);
        var publishing = Task.Run(async () =>
        {
            while (accepted < Messages)
            {
                try
                {
                    await Publish(http, sidecar.PublisherPort, $"{accepted}");
                    accepted++;
                }
                catch (HttpRequestException)
                {
                    // The sidecar is being killed; a publisher with an outbox sends again.
                    await Task.Yield();
                }
            }
        });
        List<int> received = [];
        try
        {
            for (var kill = 1; kill <= 3; kill++)
            {
                await ReceiveUpTo(kill * Messages / 5);
                sidecar.Dispose();
                sidecar = new SidecarProcess(database, resources, app.Port);
            }

            await publishing;
            await ReceiveUpTo(Messages - 1);
        }
        finally
        {
            sidecar.Dispose();
        }

        Assert.Equal(Enumerable.Range(0, Messages), received.Distinct());

        async Task ReceiveUpTo(int last)
        {
            while (received.Count == 0 || received.Max() < last)
            {
                received.Add(int.Parse((await app.Next()).Data));
            }
        }
    }

    static async Task Publish(HttpClient http, int port, string data)
    {
        using var content = new StringContent(data, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(
            new Uri($"http://127.0.0.1:{port}/v1.0/publish/pubsub/orders?metadata.partitionKey=one"), content);
        if (response.StatusCode != HttpStatusCode.NoContent)
        {
            throw new HttpRequestException(await response.Content.ReadAsStringAsync());
        }
    }
}
