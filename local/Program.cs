using Governance.Local;
using Governance.Local.Sidecar;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Npgsql;

switch (args)
{
    case ["parts"]:
        foreach (var part in Suite.Parts)
            Console.WriteLine(part);
        return 0;
    case ["run", var part] when part == Suite.Whole || Suite.Parts.Contains(part, StringComparer.Ordinal):
        try
        {
            await new Suite(new ConfigurationBuilder().AddEnvironmentVariables().Build()).Run(part);
            return 0;
        }
        catch (Exception exception) when (exception is IOException or NpgsqlException or InvalidOperationException or InvalidDataException)
        {
            Console.Error.WriteLine(exception.Message);
            if (exception.InnerException is AddressInUseException)
                Console.Error.WriteLine("Set GOVERNANCE_PORT_OFFSET, e.g. to 100, and every port moves by as much.");
            return 1;
        }
    case ["sidecar", .. var options]:
        await SidecarCommand.Run(options);
        return 0;
    default:
        Console.Error.WriteLine($"parts | run {string.Join('|', Suite.Parts.Prepend(Suite.Whole))}; started by ./governance");
        return 2;
}
