using Governance.Local;
using Governance.Local.Demo;
using Governance.Local.Sidecar;
using Microsoft.AspNetCore.Connections;
using Npgsql;

try
{
    switch (args)
    {
        case ["parts"]:
            foreach (var part in Suite.Parts)
                Console.WriteLine(part);
            return 0;
        case ["run", var part] when part == Suite.Whole || Suite.Parts.Contains(part, StringComparer.Ordinal):
            await TheSuite().Run(part);
            return 0;
        case ["sidecar", .. var options]:
            await SidecarCommand.Run(options);
            return 0;
        case ["load"]:
            await TheSuite().LoadSampleCounty();
            return 0;
        case ["demo"]:
            await TheSuite().TellStory();
            return 0;
        default:
            Console.Error.WriteLine($"parts | run {string.Join('|', Suite.Parts.Prepend(Suite.Whole))} | load | demo");
            return 2;
    }
}
catch (Exception exception) when (
    exception is StoryException or IOException or NpgsqlException or InvalidOperationException or InvalidDataException)
{
    Console.Error.WriteLine(exception.Message);
    if (exception.InnerException is AddressInUseException)
        Console.Error.WriteLine("Set GOVERNANCE_PORT_OFFSET, e.g. to 100, and every port moves by as much.");
    return 1;
}

// A sidecar alone needs nothing of what the suite asks of its environment.
static Suite TheSuite() => new(new ConfigurationBuilder().AddEnvironmentVariables().Build());
