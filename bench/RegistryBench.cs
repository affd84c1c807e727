using System.Globalization;
using System.Security.Cryptography;
using Governance.Monitoring.V1;
using Grpc.Core;

namespace Governance.Bench;

/// <summary>
/// Looking a person up and turning the pages of a list over 60,000 households with 200,000 people. Fifty officers ask four times a second each;
/// what they wait for is this machine's whole work: client, service and database share its cores. Beside it, what a single caller
/// waits for, and the same rows read by bare SQL.
/// </summary>
static class RegistryBench
{
    const int Households = 60_000;
    const int Callers = 50;
    const int CallsEach = 40;
    const int Known = 2_000;

    static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(250);

    public static async Task Run()
    {
        await using var monitoring = new MonitoringService();
        await monitoring.InitializeAsync();
        await monitoring.Database.Execute(Seed);
        var people = await Recognise(monitoring);
        foreach (var table in (string[])["households", "members"])
            await monitoring.Database.Execute($"vacuum analyze {table}");
        var households = new Households.HouseholdsClient(monitoring.As("619901", Everything.Permissions));
        var ids = await monitoring.Database.Query<Guid>("select id from households tablesample system (1) where division like '619901%' limit 2000");

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

    static async Task<Latencies> Alone(MonitoringService monitoring, List<Guid> ids)
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

    /// <summary>Gives some of the people numbers that one can ask for; the keys are those of the fixture.</summary>
    static async Task<List<string>> Recognise(MonitoringService monitoring)
    {
        var key = Enumerable.Repeat((byte)1, 32).ToArray();
        var numbers = Enumerable.Range(0, Known).Select(IdentityNumber).ToList();
        var hashes = numbers.ConvertAll(number => Convert.ToHexString(HMACSHA256.HashData(key, System.Text.Encoding.ASCII.GetBytes(number))));
        await monitoring.Database.Execute(
            $"""
            update members set identity_hash = decode(known.hash, 'hex')
            from (select hash, md5('m' || number * 97 || '-1')::uuid as id from unnest(array['{string.Join("','", hashes)}']) with ordinality as row (hash, number)) as known
            where members.id = known.id
            """);
        return numbers;
    }

    /// <summary>A number of nobody: the division is invented, the checksum (GB 11643) is right.</summary>
    static string IdentityNumber(int person)
    {
        var digits = string.Create(CultureInfo.InvariantCulture, $"619901{new DateOnly(1950, 1, 1).AddDays(person / 999):yyyyMMdd}{(person % 999) + 1:D3}");
        var sum = 0;
        for (var place = 0; place < 17; place++)
            sum += (digits[place] - '0') * (1 << (17 - place)) % 11;
        return digits + "10X98765432"[sum % 11];
    }

    /// <summary>A sealed number that opens with the fixture's key of zeros; everybody has the same, nobody reads it.</summary>
    static string Sealed()
    {
        var key = new byte[32];
        var nonce = RandomNumberGenerator.GetBytes(12);
        var plain = System.Text.Encoding.UTF8.GetBytes(IdentityNumber(0));
        var (cipher, tag) = (new byte[plain.Length], new byte[16]);
        using (var aes = new AesGcm(key, 16))
            aes.Encrypt(nonce, plain, cipher, tag);
        return Convert.ToHexString([SHA256.HashData(key)[0], .. nonce, .. cipher, .. tag]);
    }

    static readonly string Seed =
        $"""
        insert into households (id, number, division, category, dwelling_grade, water_safety, create_time, update_time)
        select md5('h' || n)::uuid, 'BN' || n, '61990' || 1 + n % 20 / 10 || '00' || 1 + n % 4 || '00' || 1 + n % 7, 1 + n % 2, 1, 1, now(), now()
        from generate_series(1, {Households}) as n;
        insert into members (id, household_id, division, name, identity_sealed, identity_hash, birth_date, gender, relation, labour_ability, insurance, employed)
        select md5('m' || n || '-' || m)::uuid, md5('h' || n)::uuid, '61990' || 1 + n % 20 / 10 || '00' || 1 + n % 4 || '00' || 1 + n % 7, '示例', '\x{Sealed()}',
               decode(md5('m' || n || '-' || m), 'hex'), date '1960-01-01' + (n * 7 + m * 3000) % 18000, 1 + m % 2, case when m = 1 then 1 else 3 end, 1 + m % 4, 2, true
        from generate_series(1, {Households}) as n, generate_series(1, 3 + n % 3 / 2) as m
        """;
}
