using Governance.Platform.Policies;
using Governance.Platform.Procedures;
using Xunit;

namespace Governance.Platform.Tests.Policies;

/// <summary>The policy files that ship with the project.</summary>
public sealed class PolicyFilesTests
{
    static readonly string[] _procedures = ["organizations.founding", "monitoring.identification", "monitoring.clearance", "monitoring.education_aid", "monitoring.exit"];

    static readonly PolicyBook _book = PolicyBook.Load(PolicyBook.DefaultFolder(), [], _procedures);

    [Theory]
    [InlineData("organizations.unit.subdistrict_min", "61", "2024-06-01", "10000 S4 二(一) default")]
    [InlineData("monitoring.identification.days", "610429001001", "2024-06-01", "15d S2 二(一)2 610429")]
    [InlineData("monitoring.identification.days", "619901", "2024-06-01", "15d S2 二(一)2 default")]
    [InlineData("monitoring.insurance_subsidy.destitute", "610429", "2024-12-31", "380 yuan S2 二(二)3 610429")]
    [InlineData("monitoring.insurance_subsidy.destitute", "610429", "2025-01-01", "380 yuan S2 二(二)3 default")]
    [InlineData("monitoring.key_villages.collective_income", "5101", "2025-06-01", "100000 yuan S3d 一(二)2 51")]
    [InlineData("organizations.social_organizations.per_village", "430702", "2020-12-31", "5 S1 三(一)4 4307")]
    [InlineData("funds.city_match", "610122", "2024-06-01", "100% S3e 二 6101")]
    public void A_number_of_the_notices_is_found_with_its_source(string id, string division, string date, string expected)
    {
        var day = DateOnly.ParseExact(date, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var citation = _book.Cite(id, division, day);
        Assert.Equal(expected, $"{citation.Value} {citation.Source} {citation.Division}");
    }

    [Fact]
    public void Every_permission_that_a_step_takes_is_in_the_realm()
    {
        var realm = File.ReadAllText(Path.Combine(PolicyBook.DefaultFolder(), "../gateway/keycloak/governance-realm.json"));
        var permissions = _procedures.SelectMany(id => _book.Procedure(id, "61", new DateOnly(2024, 4, 1)).Steps).Select(step => step.Permission);
        Assert.All(permissions, permission => Assert.Contains($"{{ \"name\": \"{permission}\"", realm, StringComparison.Ordinal));
    }

    [Fact]
    public void The_exit_procedure_has_the_steps_and_times_of_the_notice()
    {
        var steps = _book.Procedure("monitoring.exit", "370831001001", new DateOnly(2024, 4, 1)).Steps;
        Assert.Equal(
            [
                "nomination", "representatives_vote", "village_verification", "first_notice", "township_review", "second_notice",
                "county_approval", "announcement", "city_filing", "province_filing",
            ], steps.Select(step => step.Id));
        Assert.Equal([7, 7, 5], steps.Select(step => step.For).OfType<Period>().Select(period => period.Count));
    }

    [Theory]
    [InlineData("2024-02-08", "2024-02-19")] // Spring Festival: the 9th, then eight days off, then a Sunday that is worked.
    [InlineData("2025-09-30", "2025-10-11")]
    [InlineData("2026-02-13", "2026-02-25")]
    public void Three_working_days_after_a_day_skip_the_holidays_that_the_state_council_named(string day, string last) =>
        Assert.Equal(last, _book.WorkCalendar.After("61", DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), 3).ToString("O", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void A_county_that_changes_only_the_days_changes_the_procedure()
    {
        var folder = Directory.CreateTempSubdirectory("policies").FullName;
        try
        {
            File.Copy(Path.Combine(PolicyBook.DefaultFolder(), "default.yaml"), Path.Combine(folder, "default.yaml"));
            File.WriteAllText(Path.Combine(folder, "610429.yaml"), "values:\n  - { id: monitoring.identification.days, value: 12, unit: d, source: s }\n");
            var book = PolicyBook.Load(folder, [], ["monitoring.identification"]);
            Assert.Equal(new Period(12, Months: false), Within("610429001001"));
            Assert.Equal(new Period(15, Months: false), Within("619901001001"));

            Period? Within(string division) => book.Procedure("monitoring.identification", division, new DateOnly(2024, 4, 1)).Steps[0].Within;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
