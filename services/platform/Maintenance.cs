using System.Reflection;
using Governance.Platform.Data;
using Microsoft.Extensions.Configuration;

namespace Governance.Platform;

/// <summary>The service that a verb works on: its name, the assembly with its migrations, and its configuration.</summary>
sealed record Maintained(string Service, Assembly Assembly, IConfiguration Configuration);

/// <summary>
/// What an operator runs once, with a service's image and configuration, in the service's stead: <c>Governance.Funds.dll migrate</c>.
/// Each says on the console what it did, and ends with an error when it could not.
/// </summary>
static class Maintenance
{
    public static Func<Maintained, Task>? Find(string verb) => verb switch
    {
        "migrate" => Migrate,
        _ => null,
    };

    /// <summary>Brings the database up to date, as its owner.</summary>
    static async Task Migrate(Maintained service)
    {
        var owner = Service.Required(service.Configuration, "ConnectionStrings:Migrations");
        var applied = await Migrations.Apply(owner, service.Assembly, CancellationToken.None);
        Console.WriteLine(applied.Count == 0 ? "The database is up to date." : $"Applied {string.Join(", ", applied)}.");
    }
}
