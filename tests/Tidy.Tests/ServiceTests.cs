using Xunit;

namespace Governance.Tidy.Tests;

/// <summary>A service is one folder and one entry each where services are listed. What is missing is named.</summary>
public sealed class ServiceTests
{
    public static TheoryData<string> Services => [.. Repository.Services];

    [Fact]
    public void There_are_services() => Assert.NotEmpty(Repository.Services);

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_has_its_project_rules_readme_and_tests(string service)
    {
        var project = Repository.ProjectName(service);
        foreach (var path in (string[])[
            $"services/{service}/{project}.csproj", $"services/{service}/Program.cs", $"services/{service}/Rules.cs", $"services/{service}/README.md",
            $"services/{service}/contract/{service}.proto", $"services/{service}/contract/{service}_events.proto", $"tests/{project}.Tests/{project}.Tests.csproj"])
            Assert.True(Repository.Exists(path), $"{path} is missing.");
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_is_listed_where_services_are_listed(string service)
    {
        foreach (var list in (string[])["Governance.sln", "dapr/dapr.yaml", "gateway/appsettings.json", "README.md"])
            Assert.True(Repository.Read(list).Contains(service, StringComparison.OrdinalIgnoreCase), $"{list} does not name {service}.");
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_has_its_chart_in_the_suites_chart_and_behind_its_gateway(string service)
    {
        Assert.Equal("{{ include \"service.all\" . }}\n", Repository.Read($"charts/{service}/templates/all.yaml"));
        Assert.Contains($"name: {service}\n", Repository.Read($"charts/{service}/Chart.yaml"), StringComparison.Ordinal);
        Assert.Contains($"repository: file://../{service},", Repository.Read("charts/governance/Chart.yaml"), StringComparison.Ordinal);
        Assert.Contains($"\"{service}\": ", Repository.Read("charts/governance/values.schema.json"), StringComparison.Ordinal);
        Assert.Matches($"backends: \\[.*{service}.*\\]", Repository.Read("charts/gateway/values.yaml"));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_readme_is_short(string service) =>
        Assert.InRange(Repository.Read($"services/{service}/README.md").Split('\n').Length, 10, 62);

    [Theory]
    [MemberData(nameof(Services))]
    public void Every_rule_is_named_by_a_test(string service)
    {
        var codes = Repository.RuleCodes($"services/{service}/Rules.cs").ToArray();
        Assert.NotEmpty(codes);
        var tests = string.Concat(Repository.Files(".cs", $"tests/{Repository.ProjectName(service)}.Tests").Select(Repository.Read));
        var rules = Repository.Read($"services/{service}/Rules.cs");
        var untested = codes.Where(code => !tests.Contains(code, StringComparison.Ordinal) && !tests.Contains(NameOf(rules, code), StringComparison.Ordinal));
        Assert.Empty(untested);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Every_scoped_table_is_under_row_level_security(string service)
    {
        foreach (var migration in Repository.Files(".sql", $"services/{service}", "services/platform"))
        {
            var sql = Repository.Read(migration);
            // The directories of other services' things say why they have none.
            foreach (var table in Sql.TablesWithDivision(sql).Where(table => !table.StartsWith("directory_", StringComparison.Ordinal)))
                Assert.True(sql.Contains($"call scope_table('{table}')", StringComparison.Ordinal), $"{migration}: {table} has a division but no call scope_table('{table}').");
        }
    }

    /// <summary>A test may name a rule by its code or by its field, "Rules.OneHouseholder".</summary>
    static string NameOf(string rules, string code)
    {
        var line = rules.Split('\n').TakeWhile(line => !line.Contains($"\"{code}\"", StringComparison.Ordinal)).Append("").ToArray();
        var declaration = rules.Split('\n').First(candidate => candidate.Contains($"\"{code}\"", StringComparison.Ordinal));
        var text = declaration.Contains("Rule ", StringComparison.Ordinal) ? declaration : line.Last(candidate => candidate.Contains("Rule ", StringComparison.Ordinal));
        return $"Rules.{text.Split("Rule ", 2)[1].Split(' ', '=', '{')[0].Trim()}";
    }
}
