using Governance.Common.V1;
using Governance.Platform.Policies;
using Xunit;

namespace Governance.Platform.Tests.Policies;

public sealed class PolicyBookTests : IDisposable
{
    static readonly Policy<int> _days = new("monitoring.plan.days");
    static readonly DateOnly _today = new(2024, 4, 1);

    readonly string _folder = Directory.CreateTempSubdirectory("policies").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("610429001001", 3)]
    [InlineData("610429", 3)]
    [InlineData("610430", 2)]
    [InlineData("61", 2)]
    [InlineData("62", 1)]
    [InlineData("", 1)]
    public void The_longest_prefix_that_has_a_value_wins(string division, int expected)
    {
        Write("default", Days(1));
        Write("61", Days(2));
        Write("610429", Days(3));
        Assert.Equal(expected, Load(_days).Get(_days, division, _today).Value);
    }

    [Theory]
    [InlineData("2023-12-31", 1)]
    [InlineData("2024-01-01", 2)]
    [InlineData("2024-12-31", 2)]
    [InlineData("2025-01-01", 3)]
    public void A_value_holds_on_its_first_and_last_day_and_not_beyond(string date, int expected)
    {
        Write("default", Days(1, "until: 2023-12-31"), Days(2, "from: 2024-01-01, until: 2024-12-31"), Days(3, "from: 2025-01-01"));
        Assert.Equal(expected, Load(_days).Get(_days, "61", Day(date)).Value);
    }

    [Fact]
    public void A_division_whose_value_has_ended_falls_back_to_the_one_above()
    {
        Write("default", Days(1));
        Write("61", Days(2, "until: 2023-12-31"));
        var book = Load(_days);
        Assert.Equal(2, book.Get(_days, "6104", new DateOnly(2023, 12, 31)).Value);
        Assert.Equal(1, book.Get(_days, "6104", new DateOnly(2024, 1, 1)).Value);
    }

    [Fact]
    public void Places_are_the_divisions_with_a_value_of_their_own_on_the_day_and_the_default()
    {
        Write("default", Days(1));
        Write("61", Days(2));
        Write("610429", Days(3, "from: 2025-01-01"));
        Write("4307", Days(4));
        Assert.Equal(["", "4307", "61"], Load(_days).Places(_today, _days).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("61", "9", "9d", 9, 1)]
    [InlineData("", "9", "9d", 2, 9)]
    public void A_value_can_be_tried_without_a_file(string division, string value, string written, int inProvince, int elsewhere)
    {
        Write("default", Days(1));
        Write("61", Days(2));
        var book = Load(_days);
        var tried = book.With(_days, division, value)!;
        Assert.Equal((inProvince, elsewhere), (tried.Get(_days, "6104", _today).Value, tried.Get(_days, "43", _today).Value));
        Assert.Equal((written, "tried"), (tried.Get(_days, division, _today).Citation.Value, tried.Get(_days, division, _today).Citation.Source));
        Assert.Equal(2, book.Get(_days, "6104", _today).Value);
        Assert.Null(book.With(_days, division, "nine"));
    }

    [Fact]
    public void A_value_is_cited_with_what_was_written_where_and_why()
    {
        Write("default", Days(1));
        Write("610429", Days(10));
        var citation = Load(_days).Get(_days, "610429001001", _today).Citation;
        Assert.Equal(new PolicyCitation { PolicyId = "monitoring.plan.days", Division = "610429", Source = "S2 clause", Value = "10d", Version = citation.Version }, citation);
        Assert.Matches("^[0-9a-f]{12}$", citation.Version);

        Write("610429", Days(11));
        Assert.NotEqual(citation.Version, Load(_days).Get(_days, "610429001001", _today).Citation.Version);
    }

    [Fact]
    public void Each_unit_is_read_as_its_type()
    {
        Write("default",
            "- { id: a.money, value: 12.34, unit: yuan, source: s }",
            "- { id: a.fen, value: 7, unit: fen, source: s }",
            "- { id: a.share, value: 12.5, unit: '%', source: s }",
            "- { id: a.area, value: 32, unit: m2, source: s }",
            "- { id: a.date, value: 2019-12-31, unit: date, source: s }",
            "- { id: a.flag, value: true, source: s }",
            "- { id: a.word, value: 'true', source: s }");
        var (money, fen, share, area) = (new Policy<long>("a.money"), new Policy<long>("a.fen"), new Policy<decimal>("a.share"), new Policy<decimal>("a.area"));
        var (date, flag, word) = (new Policy<DateOnly>("a.date"), new Policy<bool>("a.flag"), new Policy<string>("a.word"));
        var book = Load(money, fen, share, area, date, flag, word);
        Assert.Equal(1234, book.Get(money, "", _today).Value);
        Assert.Equal("12.34 yuan", book.Get(money, "", _today).Citation.Value);
        Assert.Equal(7, book.Get(fen, "", _today).Value);
        Assert.Equal(0.125m, book.Get(share, "", _today).Value);
        Assert.Equal(32m, book.Get(area, "", _today).Value);
        Assert.Equal(new DateOnly(2019, 12, 31), book.Get(date, "", _today).Value);
        Assert.True(book.Get(flag, "", _today).Value);
        Assert.Equal("true", book.Get(word, "", _today).Value);
    }

    [Theory]
    [InlineData("unit: yuan", "\"monitoring.plan.days\" is a count or days (count, d), which \"1 yuan\" is not")]
    [InlineData("value: ten", "\"ten\" is no value in d")]
    [InlineData("value: 1.5", "\"1.5\" is no value in d")]
    [InlineData("value: 99999999999", "\"99999999999\" is no value in d")]
    [InlineData("unit: weeks", "unit \"weeks\" is unknown; write one of d, count, yuan, fen, %, share, number, m2, date, or none for true, false and text")]
    [InlineData("source: ''", "\"source\" must have one plain value")]
    [InlineData("colour: red", "\"colour\" is not known here")]
    [InlineData("from: 2024-02-30", "\"from\" must be a date yyyy-MM-dd")]
    [InlineData("from: 2024-01-01", "\"monitoring.plan.days\" says nothing before 2024-01-01; leave \"from\" out of the first")]
    [InlineData("until: 2024-01-01", "\"monitoring.plan.days\" says nothing after 2024-01-01; leave \"until\" out of the last")]
    [InlineData("from: 2024-01-02, until: 2024-01-01", "\"monitoring.plan.days\" ends before it begins")]
    public void A_fault_is_named_with_file_and_line(string change, string fault)
    {
        var entry = new Dictionary<string, string>(StringComparer.Ordinal) { ["id"] = "monitoring.plan.days", ["value"] = "1", ["unit"] = "d", ["source"] = "s" };
        foreach (var part in change.Split(", ").Select(part => part.Split(": ")))
            entry[part[0]] = part[1];
        Write("default", $"- {{ {string.Join(", ", entry.Select(part => $"{part.Key}: {part.Value}"))} }}");
        Assert.Contains($"default.yaml:2: {fault}", Faults(_days));
    }

    [Theory]
    [InlineData("- just text", "default.yaml:2: an entry of \"values\" must be written as \"key: value\" lines")]
    [InlineData("- { id: monitoring.plan.days, value: 1, value: 2 }", "default.yaml:2: Duplicate key value")]
    [InlineData("- { id: monitoring.plan.dasy }", "default.yaml:2: \"value\" is missing")]
    [InlineData("- { value: 1, unit: d, source: s }", "default.yaml:2: \"id\" is missing")]
    [InlineData("- { id: monitoring.plan.dasy, value: 1, unit: d, source: s }", "default.yaml: \"monitoring.plan.days\" is missing; it is a count or days (count, d)")]
    public void What_is_no_entry_or_is_missing_is_named(string entry, string fault)
    {
        Write("default", entry);
        Assert.Contains(fault, Faults(_days));
    }

    [Fact]
    public void Entries_that_overlap_or_leave_a_gap_are_refused()
    {
        Write("default", Days(1, "until: 2024-01-31"), Days(2, "from: 2024-01-31, until: 2024-02-29"), Days(3, "from: 2024-03-02"));
        Assert.Equal(
            [
                "default.yaml:3: \"monitoring.plan.days\" overlaps in time with default.yaml:2; give the earlier one an \"until\"",
                "default.yaml:4: \"monitoring.plan.days\" says nothing between 2024-02-29 and 2024-03-02",
            ], Faults(_days));
    }

    [Fact]
    public void A_divisions_file_may_only_change_what_the_default_has_and_in_its_kind_of_unit()
    {
        Write("default", Days(1));
        Write("61", "- { id: monitoring.plan.dasy, value: 1, unit: d, source: s }", "- { id: monitoring.plan.days, value: 1, unit: fen, source: s }");
        Assert.Equal(
            [
                "61.yaml:2: \"monitoring.plan.dasy\" is not in default.yaml; correct it, or add it there",
                "61.yaml:3: \"monitoring.plan.days\" is a count or days (count, d), which \"1 fen\" is not",
            ], Faults());
    }

    [Fact]
    public void A_file_that_is_named_after_no_division_is_refused()
    {
        Write("default", Days(1));
        Write("xunyi", Days(2));
        Assert.Equal(["xunyi.yaml:1: the file's name must be \"default\" or a division code of 2, 4, 6, 9 or 12 digits"], Faults());
    }

    [Fact]
    public void A_folder_without_policies_is_refused() =>
        Assert.Contains($"{_folder}: there is no policy file; set Policies:Path to the folder that holds default.yaml", Faults(_days));

    [Fact]
    public void Every_fault_of_every_file_is_told_at_once()
    {
        Write("default", "- { id: monitoring.plan.days, value: x, unit: d }");
        Write("61", "- { id: monitoring.plan.days, value: y, unit: d, source: s }");
        Assert.Equal(4, Faults(_days).Count);
    }

    [Theory]
    [InlineData("610429", "2024-02-09", true)]
    [InlineData("610429", "2024-02-10", false)]
    [InlineData("610429", "2024-02-12", false)]
    [InlineData("610429", "2024-02-17", false)]
    [InlineData("610429", "2024-02-18", true)]
    [InlineData("610429", "2024-02-19", true)]
    [InlineData("610429", "2024-02-20", true)]
    [InlineData("6104", "2024-02-20", false)]
    [InlineData("62", "2024-02-19", false)]
    [InlineData("62", "2024-02-24", false)]
    [InlineData("62", "2024-02-26", true)]
    public void A_day_is_worked_as_the_nearest_calendar_says_or_else_from_monday_to_friday(string division, string day, bool works)
    {
        WriteCalendar("default", "off: [2024-02-10..2024-02-17, 2024-02-19], work: [2024-02-18]");
        WriteCalendar("6104", "off: [2024-02-20], work: [2024-02-19]");
        WriteCalendar("610429", "work: [2024-02-20]");
        Assert.Equal(works, Load().WorkCalendar.IsWorkingDay(division, Day(day)));
    }

    [Theory]
    [InlineData("off: [2024-02-30]", "default.yaml:2: \"2024-02-30\" is neither a day yyyy-MM-dd nor a range of days yyyy-MM-dd..yyyy-MM-dd")]
    [InlineData("off: [2024-02-17..2024-02-10]", "default.yaml:2: \"2024-02-17..2024-02-10\" is neither a day yyyy-MM-dd nor a range of days yyyy-MM-dd..yyyy-MM-dd")]
    [InlineData("off: [2024-02-10..2025-02-10]", "default.yaml:2: \"2024-02-10..2025-02-10\" is neither a day yyyy-MM-dd nor a range of days yyyy-MM-dd..yyyy-MM-dd")]
    [InlineData("off: [2024-02-10], work: [2024-02-10]", "default.yaml:2: 2024-02-10 is in the calendar twice")]
    [InlineData("offf: [2024-02-10]", "default.yaml:2: \"offf\" is not known here")]
    public void A_fault_in_the_calendar_is_named(string entry, string fault)
    {
        WriteCalendar("default", entry);
        Assert.Equal([fault], Faults());
    }

    void WriteCalendar(string division, string entry) =>
        File.WriteAllText(Path.Combine(_folder, $"{division}.yaml"), $"calendar:\n  - {{ source: s, {entry} }}\n");

    void Write(string division, params string[] entries) =>
        File.WriteAllLines(Path.Combine(_folder, $"{division}.yaml"), ["values:", .. entries.Select(entry => $"  {entry}")]);

    static string Days(int value, string dates = "") =>
        $"- {{ id: monitoring.plan.days, value: {value}, unit: d, source: S2 clause{(dates.Length > 0 ? ", " : "")}{dates} }}";

    PolicyBook Load(params Policy[] policies) => PolicyBook.Load(_folder, policies, []);

    IReadOnlyList<string> Faults(params Policy[] policies) => Assert.Throws<PolicyException>(() => Load(policies)).Faults;

    static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
