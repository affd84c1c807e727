using System.Diagnostics;
using Governance.Platform.Data;
using Governance.Platform.Identity;
using Governance.Support;
using Npgsql;
using Xunit;

namespace Governance.Platform.Tests.Data;

/// <summary>
/// Platform's tables in a database of their own, without a host around them: no relay and no sealer at work but the test.
/// </summary>
sealed class PlatformDatabase : IAsyncDisposable
{
    readonly NpgsqlDataSource _source;

    PlatformDatabase(TestDatabase tables)
    {
        Tables = tables;
        _source = NpgsqlDataSource.Create(tables.Connections.Database);
        Database = new Database("platform", _source, Clock);
    }

    public TestDatabase Tables { get; }

    public TestClock Clock { get; } = new();

    public Database Database { get; }

    public static async Task<PlatformDatabase> Create()
    {
        var tables = await TestDatabase.Create("platform");
        await Migrations.Apply(tables.Connections.Migrations, typeof(PlatformDatabase).Assembly, CancellationToken.None);
        return new PlatformDatabase(tables);
    }

    /// <summary>Somebody of <paramref name="division"/>.</summary>
    public static Caller Of(string division) =>
        new($"id of {division}", $"user of {division}", division, new HashSet<string>(StringComparer.Ordinal));

    /// <summary>Runs <paramref name="work"/> for somebody of <paramref name="division"/>.</summary>
    public Task<T> As<T>(string division, Func<Transaction, Task<T>> work) =>
        Database.Transact(Of(division), "test", work, TestContext.Current.CancellationToken);

    /// <inheritdoc cref="As{T}"/>
    public Task As(string division, Func<Transaction, Task> work) => As(division, async transaction =>
    {
        await work(transaction);
        return true;
    });

    /// <summary>
    /// Tries until it is so. What waits for older transactions waits for those of other databases on the server, too, which other tests
    /// run on.
    /// </summary>
    public static async Task Eventually(Func<Task<bool>> holds)
    {
        var started = Stopwatch.StartNew();
        while (!await holds())
            Assert.True(started.Elapsed < TimeSpan.FromSeconds(60), "It did not come about within a minute.");
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await Tables.DisposeAsync();
    }
}
