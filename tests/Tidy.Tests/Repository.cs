using System.Text.RegularExpressions;

namespace Governance.Tidy.Tests;

/// <summary>The repository's own files, for the rules that no compiler keeps.</summary>
static partial class Repository
{
    static readonly string[] _notOurs = ["artifacts", "artifacts-official", ".git", ".run", "node_modules"];

    public static string Root => Support.Repository.Root;

    /// <summary>The suite's services: the folders of services/ with a contract and a project. A contract may come before its service.</summary>
    public static IReadOnlyList<string> Services { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "services"))
            .Where(folder => Directory.Exists(Path.Combine(folder, "contract")) && Directory.GetFiles(folder, "*.csproj").Length > 0)
            .Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    /// <summary>Paths from the root of every file with this extension under these folders (all when none is named).</summary>
    public static IEnumerable<string> Files(string extension, params string[] folders) =>
        (folders.Length == 0 ? [""] : folders)
            .SelectMany(folder => Walk(Path.Combine(Root, folder)))
            .Where(file => file.EndsWith(extension, StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Root, file));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary>"monitoring" → "Monitoring", as projects and tests are called.</summary>
    public static string ProjectName(string service) => string.Concat(char.ToUpperInvariant(service[0]), service[1..]);

    /// <summary>The codes of a service's rules, as Rules.cs declares them.</summary>
    public static IEnumerable<string> RuleCodes(string rulesFile) =>
        RuleDeclaration().Matches(Read(rulesFile)).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"Rule \w+\s*(?:\{ get; \})?\s*=\s*new\(\s*""([^""]+)""")]
    private static partial Regex RuleDeclaration();

    static IEnumerable<string> Walk(string folder)
    {
        if (!Directory.Exists(folder))
            yield break;
        foreach (var file in Directory.GetFiles(folder))
            yield return file;
        foreach (var child in Directory.GetDirectories(folder).Where(child => !_notOurs.Contains(Path.GetFileName(child), StringComparer.Ordinal)))
        {
            foreach (var file in Walk(child))
                yield return file;
        }
    }
}
