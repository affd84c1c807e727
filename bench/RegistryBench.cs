using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;

namespace Governance.Bench;

/// <summary>
/// Looking a person up and turning the pages of a list in a province of 600,000 households with 2,000,000 people. Fifty officers of a city
/// ask four times a second each; what they wait for is this machine's whole work: client, service and database share its cores. Beside
/// it, what a single caller waits for, and the same rows read by bare SQL.
/// </summary>
static class RegistryBench
{
    const int Callers = 50;
    const int CallsEach = 40;
    const string City = "6190";

    static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(250);

    public static async Task Run()
    {
        await using var monitoring = new ProvinceService();
        await monitoring.InitializeAsync();
        // Far from one another, so that what was read for one caller is of no use to the next.
        var homes = Enumerable.Range(0, 2_000).Select(number => number * 12_007 % SampleProvince.Households)
            .Where(home => SampleProvince.DivisionOf(home).StartsWith(City, StringComparison.Ordinal)).ToList();
        var ids = homes.ConvertAll(SampleProvince.HouseholdId);
        var people = homes.ConvertAll(home => SampleProvince.IdentityOf(SampleProvince.FirstPersonOf(home)));
        var households = new Households.HouseholdsClient(monitoring.As(City, Everything.Permissions));

        var bare = await Alone(monitoring, ids);
        var get = Latencies.Of(await One(500, turn => households.GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = ids[turn % ids.Count].ToString() })));
        Report.Figure("one caller: a household by bare SQL, p50", bare.P50, "ms");
        Report.Figure("one caller: GetHousehold, p50", get.P50, "ms");

        var lookUp = await Many((caller, turn) => households.LookUpHouseholdAsync(
            new LookUpHouseholdRequest { IdentityNumber = people[((caller * CallsEach) + turn) % people.Count] }).ResponseAsync);
        var tokens = new string[Callers];
        var list = await Many(async (caller, turn) =>
        {
            var page = await households.ListHouseholdsAsync(new ListHouseholdsRequest { PageSize = 50, PageToken = tokens[caller] ?? "",
                Category = (HouseholdCategory)(1 + (caller % 2)) });
            tokens[caller] = page.NextPageToken;
            if (page.Households.Count != 50)
                throw new InvalidOperationException($"A page held {page.Households.Count} households.");
        });
        Report.Figure("50 callers: identity lookup, p50", lookUp.P50, "ms");
        Report.AtMost("50 callers: identity lookup, p95 in ms", lookUp.P95, 10);
        Report.Figure("50 callers: a page of 50 households, p50", list.P50, "ms");
        Report.AtMost("50 callers: a page of 50 households, p95 in ms", list.P95, 50);
    }

    sealed record Latencies(double P50, double P95)
    {
        public static Latencies Of(IEnumerable<double> measured)
        {
            var sorted = measured.Order().ToArray();
            return new Latencies(sorted[sorted.Length / 2], sorted[sorted.Length * 95 / 100]);
        }
    }

    static async Task<List<double>> One<T>(int calls, Func<int, AsyncUnaryCall<T>> call)
    {
        var measured = new List<double>();
        for (var turn = 0; turn < calls; turn++)
            measured.Add(await Milliseconds(() => call(turn).ResponseAsync));
        return measured[(calls / 5)..];
    }

    /// <summary>Every caller starts at another moment and asks at a steady pace, however long the answer takes.</summary>
    static async Task<Latencies> Many(Func<int, int, Task> call)
    {
        var measured = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            var mine = new List<double>();
            await Task.Delay(_pause * caller / Callers);
            using var pace = new PeriodicTimer(_pause);
            for (var turn = 0; turn < CallsEach; turn++)
            {
                mine.Add(await Milliseconds(() => call(caller, turn)));
                await pace.WaitForNextTickAsync();
            }
            // The first calls open connections and compile code.
            return mine[(CallsEach / 4)..];
        }));
        return Latencies.Of(measured.SelectMany(mine => mine));
    }

    static async Task<Latencies> Alone(ProvinceService monitoring, List<Guid> ids)
    {
        await using var connection = await monitoring.Database.Administrator.OpenConnectionAsync();
        var measured = new List<double>();
        for (var turn = 0; turn < 500; turn++)
        {
            measured.Add(await Milliseconds(async () =>
            {
                await using var command = new Npgsql.NpgsqlCommand(
                    "select households.*, members.* from households join members on members.household_id = households.id where households.id = $1", connection);
                command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = ids[turn % ids.Count] });
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                {
                }
            }));
        }
        return Latencies.Of(measured.Skip(100));
    }

    static async Task<double> Milliseconds(Func<Task> work)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
    }
}
