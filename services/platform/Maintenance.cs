using System.Reflection;
using Governance.Platform.Audit;
using Governance.Platform.Data;
using Governance.Platform.Personal;
using Microsoft.Extensions.Configuration;
using Npgsql;

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
        "rotate-hashes" => RotateHashes,
        "rotate-keys" => RotateKeys,
        "verify" => Verify,
        _ => null,
    };

    /// <summary>Brings the database up to date, as its owner.</summary>
    static async Task Migrate(Maintained service)
    {
        var owner = Service.Required(service.Configuration, "ConnectionStrings:Migrations");
        var applied = await Migrations.Apply(owner, service.Assembly, CancellationToken.None);
        Console.WriteLine(applied.Count == 0 ? "The database is up to date." : $"Applied {string.Join(", ", applied)}.");
    }

    /// <summary>Seals with the current key what retired keys sealed. It may be broken off and run again, while the service serves.</summary>
    static async Task RotateKeys(Maintained service)
    {
        using var personal = PersonalData.From(service.Configuration);
        await using var source = Serving(service);
        var resealed = await KeyRotation.Run(Open(service, source), personal, CancellationToken.None);
        foreach (var (column, values) in resealed.Where(column => column.Value > 0))
            Console.WriteLine($"{column}: {values} sealed anew");
        Console.WriteLine("Everything is sealed with the current key; the retired ones can go.");
    }

    /// <summary>Brings the keyed hashes up to a hash key that was added. The service must be stopped; broken off, nothing has happened.</summary>
    static async Task RotateHashes(Maintained service)
    {
        using var personal = PersonalData.From(service.Configuration);
        await using var source = Serving(service);
        var rehashed = await HashKeys.Rotate(Open(service, source), personal, CancellationToken.None);
        foreach (var (column, values) in rehashed.Where(column => column.Value > 0))
            Console.WriteLine($"{column}: {values} hashed anew");
        Console.WriteLine("Everything is hashed with all of the keys; the service can start.");
    }

    /// <summary>Walks the audit chain, as after a restore. With <c>--head</c> of an earlier time it also sees that nothing was cut off since.</summary>
    static async Task Verify(Maintained service)
    {
        await using var source = Serving(service);
        var database = Open(service, source);
        var finding = await AuditChain.Verify(database, CancellationToken.None);
        if (finding.FirstBroken != 0)
            throw new InvalidOperationException($"The audit trail is broken at entry {finding.FirstBroken}.");
        if (service.Configuration["head"] is { } head && !await AuditChain.Knows(database, Convert.FromHexString(head), CancellationToken.None))
            throw new InvalidOperationException("The audit trail never had this head: its end is missing.");
        Console.WriteLine($"audit: {finding.Entries} entries intact, head {Convert.ToHexStringLower(finding.Head)}");
    }

    static NpgsqlDataSource Serving(Maintained service) =>
        NpgsqlDataSource.Create(Service.Required(service.Configuration, "ConnectionStrings:Database"));

    static Database Open(Maintained service, NpgsqlDataSource source) => new(service.Service, source, TimeProvider.System);
}
