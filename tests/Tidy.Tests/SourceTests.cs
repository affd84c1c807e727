using System.Text.RegularExpressions;
using Xunit;

namespace Governance.Tidy.Tests;

public sealed partial class SourceTests
{
    const int LongestLine = 200;
    // A test may say a whole request in one line.
    const int LongestLineOfTests = 250;

    [Fact]
    public void Sql_of_a_service_stands_in_its_stores()
    {
        var elsewhere = Repository.Files(".cs", "services")
            .Where(file => !file.StartsWith(Path.Combine("services", "platform"), StringComparison.Ordinal) && !file.EndsWith("Store.cs", StringComparison.Ordinal))
            .Where(file => Sql.IsIn(Repository.Read(file)));
        Assert.Empty(elsewhere);
    }

    [Theory]
    [InlineData("DateTime.UtcNow", "TimeProvider")]
    [InlineData("DateTime.Now", "TimeProvider")]
    [InlineData("DateTimeOffset.UtcNow", "TimeProvider")]
    [InlineData("DateTimeOffset.Now", "TimeProvider")]
    [InlineData("Console.WriteLine(ex", "a log")]
    [InlineData("#pragma warning disable", "a rule in .editorconfig with its reason")]
    public void Banned_in_code(string banned, string instead)
    {
        var users = Repository.Files(".cs", "services", "gateway", "polyfills", "local", "bench")
            .Where(file => Repository.Read(file).Contains(banned, StringComparison.Ordinal));
        Assert.True(!users.Any(), $"Use {instead} instead of {banned} in {string.Join(", ", users)}.");
    }

    [Fact]
    public void Nothing_is_left_for_later_in_a_comment()
    {
        string[] words = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X:"];
        var files = Repository.Files(".cs").Concat(Repository.Files(".proto")).Concat(Repository.Files(".sql")).Concat(Repository.Files(".yaml"));
        Assert.Empty(files.Where(file => words.Any(word => Repository.Read(file).Contains(word, StringComparison.Ordinal))));
    }

    [Fact]
    public void Lines_fit_a_screen()
    {
        var tooLong = Repository.Files(".cs").SelectMany(file => Repository.Read(file).Split('\n')
            .Select((line, number) => (Place: $"{file}:{number + 1}", line.Length))
            .Where(line => line.Length > (file.StartsWith("tests", StringComparison.Ordinal) ? LongestLineOfTests : LongestLine))
            .Select(line => $"{line.Place} has {line.Length}"));
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Chinese_sentences_punctuate_as_Chinese()
    {
        var offenders = Repository.Files(".cs", "services", "gateway", "local").SelectMany(file => Repository.Read(file).Split('\n')
            .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .SelectMany(line => Literal().Matches(line)).Select(literal => Clause().Replace(literal.Value, "")).Where(text => HalfWidth().IsMatch(text))
            .Select(text => $"{file}: {text}"));
        Assert.Empty(offenders);
    }

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"
        """)]
    private static partial Regex Literal();

    // Clauses are cited as the notices number them: 二(一)2.
    [GeneratedRegex(@"[一二三四五六七八九十]*\([一二三四五六七八九十]+\)\d*")]
    private static partial Regex Clause();

    [GeneratedRegex(@"(?<=[\u4e00-\u9fff”])[,:;?!(]|\)(?=[\u4e00-\u9fff])|[,:;?!(](?=[\u4e00-\u9fff])")]
    private static partial Regex HalfWidth();

    [Fact]
    public void Settings_that_all_projects_share_stand_in_the_root_only()
    {
        string[] shared = ["<TargetFramework>", "<Nullable>", "<ImplicitUsings>", "<TreatWarningsAsErrors>", " Version=\""];
        var offenders = Repository.Files(".csproj").SelectMany(file => shared.Where(Repository.Read(file).Contains).Select(setting => $"{file}: {setting}"));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("Governance.sln").Replace('\\', '/');
        Assert.Empty(Repository.Files(".csproj").Where(project => !solution.Contains(project.Replace('\\', '/'), StringComparison.Ordinal)));
    }
}
