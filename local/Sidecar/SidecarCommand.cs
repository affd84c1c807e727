namespace Governance.Local.Sidecar;

/// <summary>The sidecar as a process of its own: <c>sidecar --ConnectionString … --DaprFolder dapr --Apps:0:Id funds …</c>.</summary>
static class SidecarCommand
{
    /// <summary>Runs until the process is asked to stop.</summary>
    public static async Task Run(string[] args)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Args = args });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).AddFilter("Microsoft", LogLevel.Warning);
        var options = builder.Configuration.Get<SidecarOptions>()
                      ?? throw new InvalidDataException("Say at least --ConnectionString, --DaprFolder and --Apps:0:Id.");
        using var host = builder.Build();
        var logging = host.Services.GetRequiredService<ILoggerFactory>();
        await using var sidecar = await LocalSidecar.Start(options, logging, CancellationToken.None);
        await host.StartAsync();
        Console.WriteLine(string.Join(' ', options.Apps.Select(app => $"{app.Id}={sidecar.Port(app.Id)}")));
        await host.WaitForShutdownAsync();
    }
}
