using System.Reflection;
using Governance.Common.V1;
using Governance.Contracts;
using Governance.Platform.Procedures;

namespace Governance.Platform.Policies;

/// <summary>
/// Every policy value and procedure definition, by division and date. A village's own value beats its township's, and so on up to
/// the province and the default, which answers for every date. A change of policy takes effect with a restart.
/// </summary>
public sealed class PolicyBook
{
    readonly Dictionary<string, PolicyEntry<object>[]> _values;
    readonly Dictionary<string, PolicyEntry<ProcedureTemplate>[]> _procedures;

    PolicyBook(Dictionary<string, PolicyEntry<object>[]> values, Dictionary<string, PolicyEntry<ProcedureTemplate>[]> procedures)
    {
        _values = values;
        _procedures = procedures;
    }

    /// <summary>The value that holds in <paramref name="division"/> (empty: no division's own) on <paramref name="date"/>.</summary>
    /// <exception cref="InvalidOperationException">The service never declared the policy: a fault of the program.</exception>
    public PolicyValue<T> Get<T>(Policy<T> policy, string division, DateOnly date) where T : notnull => Value<T>(Find(_values, policy.Id, division, date));

    /// <summary>
    /// The value of every division that has one of its own on <paramref name="date"/>, longest prefix first and the default last
    /// under "": what a query over many divisions joins, where the first prefix that fits wins.
    /// </summary>
    public IReadOnlyList<(string Division, PolicyValue<T> Value)> All<T>(Policy<T> policy, DateOnly date) where T : notnull =>
        [.. Entries(_values, policy.Id).Where(entry => entry.Holds(date)).Select(entry => (entry.Division, Value<T>(entry)))];

    /// <summary>The definition of procedure <paramref name="id"/> that holds in <paramref name="division"/> on <paramref name="date"/>.</summary>
    public Definition Procedure(string id, string division, DateOnly date)
    {
        var entry = Find(_procedures, id, division, date);
        return entry.Content.Resolve(id, entry.Citation.Clone(), policy => (int)Find(_values, policy, division, date).Content);
    }

    /// <summary>Reads every <c>*.yaml</c> in <paramref name="folder"/> and checks it against what <paramref name="service"/> asks for.</summary>
    /// <exception cref="PolicyException">Something is wrong; every fault is named by file and line.</exception>
    public static PolicyBook Load(string folder, string service, IEnumerable<Policy> policies, IEnumerable<string> procedures)
    {
        var faults = new List<string>();
        var paths = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.yaml") : [];
        Array.Sort(paths, StringComparer.Ordinal);
        if (paths.Length == 0)
            faults.Add($"{folder}:0: there is no policy file; set Policies:Path to the folder that holds default.yaml");
        var files = Array.ConvertAll(paths, path => PolicyFile.Read(path, faults));
        var book = new PolicyBook(ById(files.SelectMany(file => file.Values)), ById(files.SelectMany(file => file.Procedures)));

        var types = policies.ToDictionary(policy => policy.Id, policy => policy.Type, StringComparer.Ordinal);
        var definitions = procedures.ToHashSet(StringComparer.Ordinal);
        CheckOwners(book._values, service, id => types.ContainsKey(id) || book.IsDuration(id, definitions), faults);
        CheckOwners(book._procedures, service, definitions.Contains, faults);
        CheckDefaults(book._values, types.Keys, faults);
        CheckDefaults(book._procedures, definitions, faults);
        foreach (var (id, type) in types)
        {
            foreach (var entry in Entries(book._values, id).Where(entry => entry.Content.GetType() != type))
                faults.Add($"{entry.Place}: \"{id}\" is asked for as {UnitsOf(type)}, but \"{entry.Citation.Value}\" is {UnitsOf(entry.Content.GetType())}");
        }
        book.CheckDurations(faults);
        return faults.Count == 0 ? book : throw new PolicyException(faults);
    }

    /// <summary>The folder <c>policies</c> beside the program or above it, which is where a checkout and an image have it.</summary>
    internal static string DefaultFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "policies");
            if (File.Exists(Path.Combine(candidate, "default.yaml")))
                return candidate;
        }
        return Path.Combine(AppContext.BaseDirectory, "policies");
    }

    /// <summary>The policies that a class of a service declares as its public static fields.</summary>
    internal static IEnumerable<Policy> DeclaredIn(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<Policy>();

    static Dictionary<string, PolicyEntry<T>[]> ById<T>(IEnumerable<PolicyEntry<T>> entries) =>
        entries.GroupBy(entry => entry.Id, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.OrderByDescending(entry => entry.Division.Length).ThenBy(entry => entry.From).ToArray(), StringComparer.Ordinal);

    static PolicyEntry<T>[] Entries<T>(Dictionary<string, PolicyEntry<T>[]> book, string id) => book.TryGetValue(id, out var entries) ? entries : [];

    static PolicyEntry<T> Find<T>(Dictionary<string, PolicyEntry<T>[]> book, string id, string division, DateOnly date) =>
        Array.Find(Entries(book, id), entry => Divisions.Covers(entry.Division, division) && entry.Holds(date))
        ?? throw new InvalidOperationException($"The service asks for \"{id}\" but never declared it: add it to the class given to Policies(…), or to Procedure(…).");

    // A message can be changed, so every asker gets one of its own.
    static PolicyValue<T> Value<T>(PolicyEntry<object> entry) => new((T)entry.Content, entry.Citation.Clone());

    /// <summary>A service knows the ids that begin with its name; those of other services are theirs to check.</summary>
    static void CheckOwners<T>(Dictionary<string, PolicyEntry<T>[]> book, string service, Predicate<string> known, List<string> faults)
    {
        var services = Contract.Files.Select(Contract.Owner).Append(service).ToHashSet(StringComparer.Ordinal);
        foreach (var (id, entries) in book)
        {
            var owner = id.Split('.')[0];
            if (!services.Contains(owner))
                faults.AddRange(entries.Select(entry => $"{entry.Place}: \"{id}\" begins with no service's name"));
            else if (owner == service && !known(id))
                faults.AddRange(entries.Select(entry => $"{entry.Place}: the service {service} knows no \"{id}\""));
        }
    }

    /// <summary>What is asked for has an answer for every date: the default's entries follow each other from the first day to the last.</summary>
    static void CheckDefaults<T>(Dictionary<string, PolicyEntry<T>[]> book, IEnumerable<string> asked, List<string> faults)
    {
        foreach (var id in asked)
        {
            var defaults = Entries(book, id).Where(entry => entry.Division.Length == 0).ToArray();
            if (defaults.Length == 0)
            {
                faults.Add($"default.yaml:0: \"{id}\" is missing");
                continue;
            }
            if (defaults[0].From != DateOnly.MinValue)
                faults.Add($"{defaults[0].Place}: \"{id}\" has no value before {defaults[0].From:yyyy-MM-dd}; leave \"from\" out of the first");
            if (defaults[^1].Until != DateOnly.MaxValue)
                faults.Add($"{defaults[^1].Place}: \"{id}\" has no value after {defaults[^1].Until:yyyy-MM-dd}; leave \"until\" out of the last");
            for (var i = 1; i < defaults.Length; i++)
            {
                if (defaults[i - 1].Until < DateOnly.MaxValue && defaults[i - 1].Until.AddDays(1) < defaults[i].From)
                    faults.Add($"{defaults[i].Place}: \"{id}\" has no value between {defaults[i - 1].Until:yyyy-MM-dd} and {defaults[i].From:yyyy-MM-dd}");
            }
        }
    }

    bool IsDuration(string id, HashSet<string> procedures) =>
        _procedures.Any(procedure => procedures.Contains(procedure.Key) && procedure.Value.Any(entry => entry.Content.Durations.Contains(id, StringComparer.Ordinal)));

    /// <summary>Where a procedure takes a duration from a value, that value is there for every date, in days.</summary>
    void CheckDurations(List<string> faults)
    {
        foreach (var procedure in _procedures.Values.SelectMany(entries => entries))
        {
            foreach (var id in procedure.Content.Durations)
            {
                if (Entries(_values, id) is not { Length: > 0 } entries || Array.Exists(entries, entry => entry.Content is not int))
                    faults.Add($"{procedure.Place}: \"{id}\" must be a value in d; write a duration such as 15d or 6M, or the id of such a value");
                else
                    CheckDefaults(_values, [id], faults);
            }
        }
    }

    static string UnitsOf(Type type) =>
        type == typeof(int) ? "a count or days (count, d)"
        : type == typeof(long) ? "an amount of money (yuan, fen)"
        : type == typeof(decimal) ? "a share or a measure (%, share, number, m2)"
        : type == typeof(DateOnly) ? "a date (date)"
        : type == typeof(bool) ? "true or false (no unit)"
        : "text (no unit)";
}
