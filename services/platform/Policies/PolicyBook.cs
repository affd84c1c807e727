using System.Reflection;
using Governance.Common.V1;
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

    PolicyBook(Dictionary<string, PolicyEntry<object>[]> values, Dictionary<string, PolicyEntry<ProcedureTemplate>[]> procedures, WorkCalendar calendar) =>
        (_values, _procedures, WorkCalendar) = (values, procedures, calendar);

    /// <summary>Which days are worked.</summary>
    public WorkCalendar WorkCalendar { get; }

    /// <summary>The value that holds in <paramref name="division"/> (empty: no division's own) on <paramref name="date"/>.</summary>
    /// <exception cref="InvalidOperationException">The service never declared the policy: a fault of the program.</exception>
    public PolicyValue<T> Get<T>(Policy<T> policy, string division, DateOnly date) where T : notnull =>
        Value<T>(Find(_values, policy.Id, division, date));

    /// <summary>
    /// The divisions that have any of <paramref name="policies"/> of their own on <paramref name="date"/>, and "" for the default. Of
    /// those that cover a village, all that holds there is what <see cref="Get"/> says of the longest: what a query over many
    /// divisions joins, one row each.
    /// </summary>
    public List<string> Places(DateOnly date, params IEnumerable<Policy> policies) =>
        [.. policies.SelectMany(policy => Entries(_values, policy.Id)).Where(entry => entry.Holds(date)).Select(entry => entry.Division)
            .Append("").Distinct(StringComparer.Ordinal)];

    /// <summary>Where the value that holds in <paramref name="division"/> on <paramref name="date"/> comes from, whatever its type.</summary>
    public PolicyCitation Cite(Policy policy, string division, DateOnly date) => Cite(policy.Id, division, date);

    /// <summary>What holds for <paramref name="id"/>, whatever its type.</summary>
    internal PolicyCitation Cite(string id, string division, DateOnly date) => Find(_values, id, division, date).Citation.Clone();

    /// <summary>The procedure <paramref name="id"/> as it is defined in <paramref name="division"/> on <paramref name="date"/>.</summary>
    public Definition Procedure(string id, string division, DateOnly date)
    {
        var entry = Find(_procedures, id, division, date);
        return entry.Content.Resolve(id, entry.Citation.Clone(), policy => (int)Find(_values, policy, division, date).Content);
    }

    /// <summary>Every value of a service as it holds in <paramref name="division"/> on <paramref name="date"/>, in the order of the ids.</summary>
    internal IEnumerable<Common.V1.PolicyValue> List(string service, string division, DateOnly date) =>
        _values.Keys.Where(id => id.StartsWith($"{service}.", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(id =>
        {
            var entry = Find(_values, id, division, date);
            var value = new Common.V1.PolicyValue
            {
                Id = id,
                Citation = entry.Citation.Clone(),
                Unit = entry.Unit,
                FromDate = entry.From == DateOnly.MinValue ? "" : Calendar.Format(entry.From),
                UntilDate = entry.Until == DateOnly.MaxValue ? "" : Calendar.Format(entry.Until),
            };
            if (ChangeAfter(id, division, date) is { } change)
            {
                value.NextDate = Calendar.Format(change);
                value.Next = Cite(id, division, change);
            }
            return value;
        });

    /// <summary>The first day after <paramref name="date"/> on which another entry holds: entries begin and end on few days.</summary>
    DateOnly? ChangeAfter(string id, string division, DateOnly date)
    {
        var now = Find(_values, id, division, date);
        return Entries(_values, id).Where(entry => Divisions.Covers(entry.Division, division))
            .SelectMany(entry => new[] { entry.From, entry.Until == DateOnly.MaxValue ? entry.Until : entry.Until.AddDays(1) })
            .Where(day => day > date && day < DateOnly.MaxValue && Find(_values, id, division, day) != now)
            .Order().Cast<DateOnly?>().FirstOrDefault();
    }

    /// <summary>
    /// This book with one value in place of what the files say in <paramref name="division"/>, for every date; <c>null</c> when
    /// <paramref name="value"/> is none in the policy's unit. It cites itself as "tried".
    /// </summary>
    public PolicyBook? With(Policy policy, string division, string value)
    {
        var unit = Entries(_values, policy.Id)[^1].Unit;
        if (PolicyFile.Content(value, unit, plain: true) is not { } content || content.GetType() != policy.Type)
            return null;
        var citation = new PolicyCitation
        {
            PolicyId = policy.Id, Version = "tried", Division = division.Length > 0 ? division : "default", Source = "tried",
            Value = PolicyFile.Written(value, unit),
        };
        var entry = new PolicyEntry<object>(policy.Id, division, DateOnly.MinValue, DateOnly.MaxValue, content, unit, citation, "tried");
        var values = new Dictionary<string, PolicyEntry<object>[]>(_values, StringComparer.Ordinal)
        {
            [policy.Id] = [.. Entries(_values, policy.Id).Where(other => other.Division != division).Append(entry)
                .OrderByDescending(other => other.Division.Length).ThenBy(other => other.From)],
        };
        return new PolicyBook(values, _procedures, WorkCalendar);
    }

    /// <summary>
    /// Reads every <c>*.yaml</c> in <paramref name="folder"/>. <c>default.yaml</c> is the register: it answers for every date, holds
    /// all that a service asks for, and a division's file may only say otherwise what it says, in the same kind of unit.
    /// </summary>
    /// <exception cref="PolicyException">Something is wrong; every fault is named by file and line.</exception>
    public static PolicyBook Load(string folder, IEnumerable<Policy> policies, IEnumerable<string> procedures)
    {
        var faults = new List<string>();
        var paths = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.yaml") : [];
        Array.Sort(paths, StringComparer.Ordinal);
        if (paths.Length == 0)
            faults.Add($"{folder}: there is no policy file; set Policies:Path to the folder that holds default.yaml");
        var files = Array.ConvertAll(paths, path => PolicyFile.Read(path, faults));
        // A day that a file gives twice is a fault that is named; the book is then never handed out.
        var calendar = new WorkCalendar(files.SelectMany(file => file.Calendar.DistinctBy(day => day.Day)));
        var book = new PolicyBook(ById(files.SelectMany(file => file.Values)), ById(files.SelectMany(file => file.Procedures)), calendar);

        CheckDefaults(book._values, faults);
        CheckDefaults(book._procedures, faults);
        foreach (var policy in policies)
            CheckKind(book._values, policy.Id, policy.Type, faults);
        foreach (var (id, entries) in book._values)
            CheckKind(book._values, id, entries[^1].Content.GetType(), faults);
        foreach (var id in procedures.Where(id => !book._procedures.ContainsKey(id)))
            faults.Add($"default.yaml: procedure \"{id}\" is missing");
        foreach (var procedure in book._procedures.Values.SelectMany(entries => entries))
        {
            foreach (var id in procedure.Content.Durations.Where(id => Entries(book._values, id) is not [{ Content: int }, ..]))
                faults.Add($"{procedure.Place}: a duration is written like 15d, 5wd or 6M, or is the id of a value in d, which \"{id}\" is not");
        }
        return faults.Count == 0 ? book : throw new PolicyException([.. faults.Distinct(StringComparer.Ordinal)]);
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
            .ToDictionary(
                group => group.Key,
                group => group.OrderByDescending(entry => entry.Division.Length).ThenBy(entry => entry.From).ToArray(),
                StringComparer.Ordinal);

    static PolicyEntry<T>[] Entries<T>(Dictionary<string, PolicyEntry<T>[]> book, string id) =>
        book.TryGetValue(id, out var entries) ? entries : [];

    static PolicyEntry<T> Find<T>(Dictionary<string, PolicyEntry<T>[]> book, string id, string division, DateOnly date) =>
        Array.Find(Entries(book, id), entry => Divisions.Covers(entry.Division, division) && entry.Holds(date))
        ?? throw new InvalidOperationException($"\"{id}\" was asked for but never declared: add it to the class given to Policies(…).");

    // A message can be changed, so every asker gets one of its own.
    static PolicyValue<T> Value<T>(PolicyEntry<object> entry) => new((T)entry.Content, entry.Citation.Clone());

    /// <summary>The default answers for every day for every id: its entries follow each other, and no id is in a division's file alone.</summary>
    static void CheckDefaults<T>(Dictionary<string, PolicyEntry<T>[]> book, List<string> faults)
    {
        foreach (var (id, entries) in book)
        {
            var defaults = Array.FindAll(entries, entry => entry.Division.Length == 0);
            if (defaults.Length == 0)
            {
                faults.AddRange(entries.Select(entry => $"{entry.Place}: \"{id}\" is not in default.yaml; correct it, or add it there"));
                continue;
            }
            var (first, last) = (defaults[0], defaults[^1]);
            if (first.From != DateOnly.MinValue)
                faults.Add($"{first.Place}: \"{id}\" says nothing before {first.From:yyyy-MM-dd}; leave \"from\" out of the first");
            if (last.Until != DateOnly.MaxValue)
                faults.Add($"{last.Place}: \"{id}\" says nothing after {last.Until:yyyy-MM-dd}; leave \"until\" out of the last");
            foreach (var (earlier, later) in defaults.Zip(defaults.Skip(1)))
            {
                if (earlier.Until < later.From && earlier.Until.AddDays(1) < later.From)
                    faults.Add($"{later.Place}: \"{id}\" says nothing between {earlier.Until:yyyy-MM-dd} and {later.From:yyyy-MM-dd}");
            }
        }
    }

    static void CheckKind(Dictionary<string, PolicyEntry<object>[]> book, string id, Type type, List<string> faults)
    {
        if (!book.TryGetValue(id, out var entries))
            faults.Add($"default.yaml: \"{id}\" is missing; it is {UnitsOf(type)}");
        else
            faults.AddRange(entries.Where(entry => entry.Content.GetType() != type)
                .Select(entry => $"{entry.Place}: \"{id}\" is {UnitsOf(type)}, which \"{entry.Citation.Value}\" is not"));
    }

    static string UnitsOf(Type type) =>
        type == typeof(int) ? "a count or days (count, d)"
        : type == typeof(long) ? "an amount of money (yuan, fen)"
        : type == typeof(decimal) ? "a share or a measure (%, share, number, m2)"
        : type == typeof(DateOnly) ? "a date (date)"
        : type == typeof(bool) ? "true or false (no unit)"
        : "text (no unit)";
}
