using System.Text.RegularExpressions;

namespace Governance.Tidy.Tests;

static partial class Sql
{
    /// <summary>Names of the tables that a migration creates with a column "division".</summary>
    public static IEnumerable<string> TablesWithDivision(string sql) =>
        Table().Matches(sql).Where(match => Division().IsMatch(match.Groups["body"].Value)).Select(match => match.Groups["name"].Value);

    /// <summary>Whether C# text holds an SQL statement.</summary>
    public static bool IsIn(string code) => Statement().IsMatch(code);

    [GeneratedRegex(@"create\s+table\s+(?:if\s+not\s+exists\s+)?(?<name>\w+)\s*\((?<body>.*?)\n\s*\)", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Table();

    [GeneratedRegex(@"(^|\n)\s*division\s+text", RegexOptions.ExplicitCapture)]
    private static partial Regex Division();

    [GeneratedRegex(@"(""|\n)\s*(select\s+(?!\w+\s+with\b)[\w*(]|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|copy\s+\w+\s*\(|with\s+\w+\s+as\s*\()", RegexOptions.ExplicitCapture)]
    private static partial Regex Statement();
}
