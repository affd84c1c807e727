using System.Globalization;
using System.Text;

namespace Governance.Support;

/// <summary>What is wrong in a sample household: each kind makes one screening rule fire, and no other.</summary>
public enum Trouble
{
    None,
    IncomeBelowLine,
    IncomeDrop,
    MedicalSpending,
    UnsafeDwelling,
    NoDwelling,
    UnsafeWater,
    UninsuredMember,
    NobodyEmployed,
    DropOut,
}

/// <summary>
/// A county of invented people, as large as wanted and always the same: the sample files of monitoring are its first households, and
/// benchmarks take more. Identity numbers are right by checksum and lie in an address code that no county has.
/// </summary>
public static class SampleCounty
{
    /// <summary>How many households the sample files hold.</summary>
    public const int SampleHouseholds = 360;

    const int FirstYear = 2023;
    const int Quarters = 5;

    public const string HouseholdHeader =
        "户编号,现居行政区划,安置点编号,迁出行政区划,户类别,低收入类别,监测类别,纳入监测日期,楼栋,单元,房号,网格编号,住房安全等级,饮水安全,"
        + "姓名,身份证号码,与户主关系,文化程度,健康状况,残疾等级,劳动能力,医疗保险,在校状况,是否就业";

    public const string IncomeHeader = "户编号,年度,季度,工资性收入,经营性收入,财产性收入,转移性收入,生产经营支出,刚性支出,医疗自付支出";

    /// <summary>The settlements of services/organizations/samples/settlements.csv: id and village. The last two lie in another county.</summary>
    public static IReadOnlyList<(string Id, string Division)> Settlements { get; } =
    [
        ("01900000-0000-7000-8000-000000000001", "619901001001"),
        ("01900000-0000-7000-8000-000000000002", "619901001003"),
        ("01900000-0000-7000-8000-000000000003", "619901100001"),
        ("01900000-0000-7000-8000-000000000004", "619901200001"),
        ("01900000-0000-7000-8000-000000000005", "619902100001"),
        ("01900000-0000-7000-8000-000000000006", "619902100002"),
    ];

    static readonly string[] _surnames = ["赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨"];
    static readonly string[] _numerals = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

    /// <summary>Which trouble the household at <paramref name="index"/> has: two of three have none.</summary>
    public static Trouble TroubleOf(int index) => index % 3 == 0 ? (Trouble)(1 + (index / 3 % 9)) : Trouble.None;

    public static string NumberOf(int index) => string.Create(CultureInfo.InvariantCulture, $"SL{index + 1:00000000}");

    public static (string Id, string Division) SettlementOf(int index) => Settlements[index / 3 % Settlements.Count];

    /// <summary>The rows of <paramref name="households"/> households, of those in <paramref name="division"/>, one per member.</summary>
    public static IEnumerable<string> HouseholdRows(int households = SampleHouseholds, string division = "61") =>
        Enumerable.Range(0, households).Where(index => SettlementOf(index).Division.StartsWith(division,
            StringComparison.Ordinal)).SelectMany(Household);

    /// <summary>Five quarters of every household, to the first of 2024.</summary>
    public static IEnumerable<string> IncomeRows(int households = SampleHouseholds, string division = "61") =>
        Enumerable.Range(0, households).Where(index => SettlementOf(index).Division.StartsWith(division,
            StringComparison.Ordinal)).SelectMany(Incomes);

    /// <summary>Rows with one thing wrong in each household, and the rule or code that says so; to be imported by county 619901.</summary>
    public static IReadOnlyList<(string Row, string Code)> MalformedRows { get; } =
    [
        (Bad(0, 15, "619901198001010013"), "IDENTITY_NUMBER_CHECKSUM"),
        (Bad(1, 15, "619901198013010015"), "IDENTITY_NUMBER_BIRTH"),
        (Bad(2, 15, "61990119800101"), "IDENTITY_NUMBER_FORM"),
        (Bad(3, 4, "富裕户"), "NOT_A_CHOICE"),
        (Bad(4, 1, "619901001"), "NOT_A_DIVISION"),
        (Bad(5, 1, "619902100001"), "OUT_OF_SCOPE"),
        (Bad(6, 2, "一号安置点"), "NOT_A_UUID"),
        (Bad(7, 14, ""), "REQUIRED"),
        (Bad(8, 16, "之子"), "MON-01.one_householder"),
        (Bad(9, 19, "九级"), "NOT_A_CHOICE"),
        (Bad(10, 6, "边缘易致贫户"), "REQUIRED"),
        (Bad(11, 18, "感冒"), "NOT_A_CHOICE"),
        (Bad(12, 23, "也许"), "NOT_A_FLAG"),
        (Bad(13, 0, "户 13"), "NOT_A_HOUSEHOLD_NUMBER"),
        (Bad(14, 3, "6199010"), "NOT_A_DIVISION"),
        // The same person in two households.
        (Bad(15, 9, "2"), "MON-01.person_twice"),
        (Bad(16, 15, Identity(900_000 + 15, 1980, male: true)), "MON-01.person_twice"),
    ];

    /// <summary>The file of malformed rows, with one good household that a fault of others must not stop.</summary>
    public static string MalformedFile => Csv(HouseholdHeader, [.. MalformedRows.Select(row => row.Row), string.Join(',', Good(99))]);

    /// <summary>A whole file.</summary>
    public static string Csv(string header, IEnumerable<string> rows) => string.Join('\n', [header, .. rows, ""]);

    /// <summary>A right identity number of the person with this index, who is like nobody else's.</summary>
    public static string Identity(int person, int year, bool male)
    {
        var day = new DateOnly(year, 1, 1).AddDays(person % 365);
        var sequence = (person / 365 % 499 * 2) + (male ? 1 : 2);
        // 182,135 people fit each year of an address code; then comes the next.
        var address = 619901 + (person / (365 * 499));
        var first17 = string.Create(CultureInfo.InvariantCulture, $"{address:000000}{day:yyyyMMdd}{sequence:000}");
        return first17 + CheckCharacter(first17);
    }

    static IEnumerable<string> Household(int index)
    {
        var trouble = TroubleOf(index);
        var (settlement, division) = SettlementOf(index);
        var grown = trouble == Trouble.DropOut ? 2 : 2 + (index % 2);
        string[] household =
        [
            NumberOf(index), division, settlement, division == "619901200001" ? "" : "619901200004",
            index % 4 == 3 ? "一般户" : "脱贫户", index % 11 == 0 ? "低保对象" : "", "", "",
            Text((index / 24) + 1), Text((index / 12 % 2) + 1), Text((index % 12) + 101), "",
            trouble == Trouble.UnsafeDwelling ? (index % 2 == 0 ? "C" : "D") : trouble == Trouble.NoDwelling ? "无房" : index % 5 == 0 ? "B" : "A",
            trouble == Trouble.UnsafeWater ? "不安全" : "安全",
        ];
        // Somebody works where the lack of work is not the trouble.
        var working = trouble != Trouble.NobodyEmployed;
        yield return Member("户主", 0, 1975 + (index % 15), true, "初中", "", "普通劳动力", trouble == Trouble.UninsuredMember ? "未参保" : "居民医保",
            "", working);
        yield return Member("配偶", 1, 1977 + (index % 15), false, "小学", index % 7 == 0 ? "高血压" : "", "普通劳动力", "居民医保", "", false);
        if (grown == 3)
            yield return Member("父母", 2, 1950 + (index % 8), index % 2 == 0, "文盲或半文盲", index % 5 == 0 ? "高血压、糖尿病" : "", "无劳动力", "居民医保",
                "", false);
        yield return Member(index % 2 == 0 ? "儿子" : "女儿", 3, 2009 + (index % 6), index % 2 == 0, "小学", "", "无劳动力", "居民医保",
            trouble == Trouble.DropOut ? "疑似失辍学" : "在校", false);

        string Member(string relation, int place, int year, bool male, string education, string health, string labour, string insurance,
            string school, bool employed) =>
            string.Join(',', [.. household, Name(index, place), Identity((index * 4) + place, year, male), relation, education, health,
                place == 2 && index % 9 == 0 ? "二级" : "", labour, insurance, school, employed ? "是" : "否"]);
    }

    static IEnumerable<string> Incomes(int index)
    {
        var trouble = TroubleOf(index);
        var members = Household(index).Count();
        for (var quarter = 0; quarter < Quarters; quarter++)
        {
            // Yuan per head and quarter.
            var perCapita = trouble == Trouble.IncomeBelowLine ? 1500 : 4500 + (index % 5 * 100);
            if (trouble == Trouble.IncomeDrop && quarter == Quarters - 1)
                perCapita /= 2;
            var medical = trouble == Trouble.MedicalSpending ? 3000 : 200;
            var wage = (perCapita * members) - 300;
            yield return string.Join(',', NumberOf(index), Text(FirstYear + (quarter / 4)), Text((quarter % 4) + 1), Text(wage),
                "1000.00", "50.5", "249.5", "1000", Text(medical + 500), Text(medical));
        }
    }

    static string Bad(int index, int column, string cell)
    {
        var cells = Good(index);
        cells[column] = cell;
        return string.Join(',', cells);
    }

    /// <summary>A household of one, apart from those of the sample.</summary>
    static string[] Good(int index) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"BAD{index:000}"), "619901001001", Settlements[0].Id, "619901200004", "脱贫户", "", "", "", Text(index), "1", "101", "", "A", "安全",
        Name(index, 0), Identity(900_000 + index, 1980, male: true), "户主", "初中", "", "", "普通劳动力", "居民医保", "", "是",
    ];

    /// <summary>A surname and a number: nobody is called like that.</summary>
    internal static string Name(int index, int place)
    {
        var name = new StringBuilder(_surnames[((index * 4) + place) % _surnames.Length]).Append('例');
        return name.Append(_numerals[index / 10 % 10]).Append(_numerals[index % 10]).ToString();
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static char CheckCharacter(string first17)
    {
        int[] weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        return "10X98765432"[first17.Select((digit, place) => (digit - '0') * weights[place]).Sum() % 11];
    }
}
