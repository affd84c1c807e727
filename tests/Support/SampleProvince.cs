using System.Globalization;
using Governance.Platform.Personal;
using Npgsql;
using NpgsqlTypes;

namespace Governance.Support;

/// <summary>
/// A whole province of invented people, always the same: 600,000 households with 2,000,000 members in 12,000 villages, copied into a
/// monitoring database within minutes. Benchmarks take it; tests take <see cref="SampleCounty"/>. One household in fifteen is monitored,
/// one in twenty has a trouble that screening finds.
/// </summary>
public static class SampleProvince
{
    public const int Households = 600_000;
    public const int People = Households / 6 * PeopleOfSix;

    const int PeopleOfSix = 20;
    const int Villages = 12_000;
    const int VillagesOfSettlement = 4;
    const int Quarters = 5;

    // Of six households in a row: how many they are, and how many people come before each.
    static readonly int[] _sizes = [2, 3, 3, 4, 4, 4];
    static readonly int[] _before = [0, 2, 5, 8, 12, 16];

    static Task<TestDatabase>? _template;

    /// <summary>
    /// A database of the service that <paramref name="service"/> starts, with the whole province in it. It is filled once in a run;
    /// whoever comes next gets a copy.
    /// </summary>
    public static async Task<TestDatabase> Database(Func<ServiceFixture> service) => await (await (_template ??= Fill(service))).Copy();

    /// <summary>Drops what <see cref="Database"/> copies from.</summary>
    public static async Task Forget()
    {
        if (_template is not null)
            await (await _template).DisposeAsync();
        _template = null;
    }

    /// <summary>The number by which the household at <paramref name="index"/> is registered.</summary>
    public static string NumberOf(int index) => string.Create(CultureInfo.InvariantCulture, $"PV{index:D8}");

    public static Guid HouseholdId(int index) => Id('h', index);

    public static Guid MemberId(int person) => Id('m', person);

    /// <summary>The village that a household lives in; a county has 120 of the 12,000, one after the other.</summary>
    public static string DivisionOf(int index) => Village(index % Villages);

    /// <summary>The household of a person, and the place in it; place 0 is the householder's.</summary>
    public static (int Household, int Place) Home(int person)
    {
        var within = person % PeopleOfSix;
        var household = Array.FindLastIndex(_before, before => before <= within);
        return (person / PeopleOfSix * 6 + household, within - _before[household]);
    }

    /// <summary>The householder of the household at <paramref name="index"/>; the other members come next.</summary>
    public static int FirstPersonOf(int index) => index / 6 * PeopleOfSix + _before[index % 6];

    public static string IdentityOf(int person)
    {
        var (household, place) = Home(person);
        return SampleCounty.Identity(person, BirthYear(household, place), Male(household, place));
    }

    public static string NameOf(int person) => SampleCounty.Name(person, 0);

    static async Task<TestDatabase> Fill(Func<ServiceFixture> service)
    {
        await using var running = service();
        await running.InitializeAsync();
        var personal = (PersonalData)running.Services.GetService(typeof(PersonalData))!;
        var database = running.Database.Administrator;
        // Half of the people at a time on two connections; indexes are kept up as they go.
        await Task.WhenAll(
            Task.Run(() => CopyMembers(database, personal, 0, People / 2)),
            Task.Run(async () =>
            {
                await CopyDirectories(database);
                await CopyHouseholds(database);
                await CopyIncomes(database);
            }),
            Task.Run(() => CopyMembers(database, personal, People / 2, People)));
        await running.StopService();
        await running.Database.Execute("vacuum (analyze, freeze)");
        return await running.Database.Copy();
    }

    /// <summary>The divisions and settlements alone.</summary>
    public static async Task CopyDirectories(NpgsqlDataSource database)
    {
        await Copy(database, "copy directory_divisions (code, name, urban_rural_class, version) from stdin (format binary)", Divisions(), (copy, code) =>
        {
            copy.Write(code);
            copy.Write($"示例{code}");
            copy.Write("");
            copy.Write(1L);
        });
        await Copy(database, "copy directory_settlements (id, name, division, urban, scale, management_unit, version) from stdin (format binary)",
            Enumerable.Range(0, Villages / VillagesOfSettlement), (copy, settlement) =>
        {
            copy.Write(Id('s', settlement));
            copy.Write(string.Create(CultureInfo.InvariantCulture, $"示例{settlement}号安置点"));
            copy.Write(Village(settlement * VillagesOfSettlement));
            copy.Write(settlement % 3 == 0);
            copy.Write(1);
            copy.Write(1);
            copy.Write(1L);
        });
    }

    static Task CopyHouseholds(NpgsqlDataSource database) => Copy(database,
        """
        copy households (id, number, settlement_id, division, origin_division, category, low_income_categories, building, unit, room, dwelling_grade,
                         water_safety, monitored_kind, monitored_date, create_time, update_time) from stdin (format binary)
        """, Enumerable.Range(0, Households), (copy, index) =>
        {
            var trouble = TroubleOf(index);
            var general = index % 4 == 3;
            copy.Write(HouseholdId(index));
            copy.Write(NumberOf(index));
            copy.Write(Id('s', index % Villages / VillagesOfSettlement));
            copy.Write(DivisionOf(index));
            copy.Write("");
            copy.Write((short)(general ? 2 : 1));
            copy.Write(index % 11 == 0 ? (short[])[1] : []);
            copy.Write(Text(index / Villages / 12 + 1));
            copy.Write("1");
            copy.Write(Text(index / Villages % 12 + 101));
            copy.Write((short)(trouble switch { Trouble.UnsafeDwelling => 3, Trouble.NoDwelling => 5, _ => 1 }));
            copy.Write((short)(trouble == Trouble.UnsafeWater ? 2 : 1));
            var monitored = index % 15 == 1;
            copy.Write((short)(!monitored ? 0 : general ? 2 : 1));
            if (monitored)
                copy.Write(new DateOnly(2023, 1 + index % 12, 1), NpgsqlDbType.Date);
            else
                copy.WriteNull();
            copy.Write(_created, NpgsqlDbType.TimestampTz);
            copy.Write(_created, NpgsqlDbType.TimestampTz);
        });

    static Task CopyMembers(NpgsqlDataSource database, PersonalData personal, int from, int until) => Copy(database,
        """
        copy members (id, household_id, division, name, identity_sealed, identity_hash, birth_date, gender, relation, education, health_conditions,
                      disability_grade, labour_ability, insurance, school_status, employed) from stdin (format binary)
        """, Enumerable.Range(from, until - from), (copy, person) =>
        {
            var (index, place) = Home(person);
            var trouble = TroubleOf(index);
            var text = IdentityOf(person);
            if (!IdentityNumber.TryParse(text, new DateOnly(2024, 1, 1), out var number, out _))
                throw new InvalidOperationException($"Person {person} has no right number.");
            var sealedNumber = personal.Protect(number);
            var child = place >= 2;
            copy.Write(MemberId(person));
            copy.Write(HouseholdId(index));
            copy.Write(DivisionOf(index));
            copy.Write(NameOf(person));
            copy.Write(sealedNumber.Sealed);
            copy.Write(sealedNumber.Hash);
            copy.Write(number.Birth, NpgsqlDbType.Date);
            copy.Write((short)number.Gender);
            copy.Write((short)(place switch { 0 => 1, 1 => 2, _ => Male(index, place) ? 3 : 4 }));
            copy.Write((short)(2 + place % 3));
            copy.Write(person % 40 == 0 ? (short[])[1] : person % 9 == 0 ? [2] : []);
            copy.Write((short)(person % 50 == 0 ? 2 : 0));
            copy.Write((short)(child ? 4 : 1));
            copy.Write((short)(trouble == Trouble.UninsuredMember && place == 0 ? 1 : 2));
            copy.Write((short)(!child ? 0 : trouble == Trouble.DropOut ? 2 : 1));
            copy.Write(place == 0 && trouble != Trouble.NobodyEmployed);
        });

    static Task CopyIncomes(NpgsqlDataSource database) => Copy(database,
        """
        copy incomes (household_id, division, period, wage_fen, business_fen, property_fen, transfer_fen, production_cost_fen, rigid_spending_fen, medical_fen,
                      member_count, update_time) from stdin (format binary)
        """, Enumerable.Range(0, Households * Quarters), (copy, row) =>
        {
            var (index, quarter) = (row / Quarters, row % Quarters);
            var trouble = TroubleOf(index);
            var members = _sizes[index % 6];
            var perHead = trouble == Trouble.IncomeBelowLine ? 1500_00L : 4500_00L + index % 500 * 100;
            if (trouble == Trouble.IncomeDrop && quarter == Quarters - 1)
                perHead /= 2;
            copy.Write(HouseholdId(index));
            copy.Write(DivisionOf(index));
            // From the first quarter of 2023.
            copy.Write(2023 * 4 + quarter);
            copy.Write(perHead * members);
            for (var other = 0; other < 4; other++)
                copy.Write(0L);
            copy.Write(trouble == Trouble.MedicalSpending ? 400_000L : 60_000L);
            copy.Write(trouble == Trouble.MedicalSpending ? 300_000L : 20_000L);
            copy.Write(members);
            copy.Write(_created, NpgsqlDbType.TimestampTz);
        });

    static readonly DateTime _created = new(2024, 4, 1, 0, 0, 0, DateTimeKind.Utc);

    static async Task Copy<T>(NpgsqlDataSource database, string sql, IEnumerable<T> rows, Action<NpgsqlBinaryImporter, T> write)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var copy = await connection.BeginBinaryImportAsync(sql);
        copy.Timeout = TimeSpan.FromMinutes(10);
        foreach (var row in rows)
        {
            copy.StartRow();
            write(copy, row);
        }
        await copy.CompleteAsync();
    }

    static Trouble TroubleOf(int index) => index % 20 == 0 ? (Trouble)(1 + index / 20 % 9) : Trouble.None;

    static int BirthYear(int household, int place) => place >= 2 ? 2009 + household % 8 : 1958 + household % 32 + place;

    static bool Male(int household, int place) => (household + place) % 2 == 0;

    /// <summary>The province, its ten cities of ten counties of ten townships, and their villages.</summary>
    static IEnumerable<string> Divisions() => Enumerable.Range(0, Villages).Select(Village)
        .SelectMany(village => (string[])[village[..2], village[..4], village[..6], village[..9], village]).Distinct(StringComparer.Ordinal);

    static string Village(int index) => string.Create(CultureInfo.InvariantCulture,
        $"61{90 + index / 1200}{1 + index / 120 % 10:00}{1 + index / 12 % 10:000}{1 + index % 12:000}");

    static Guid Id(char kind, int index) => new(index, (short)kind, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1);

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
