using System.Globalization;
using System.Security.Cryptography;
using Governance.Common.V1;
using Governance.Platform.Procedures;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Governance.Platform.Policies;

/// <summary>One entry of a policy file: something that holds in a division between two days.</summary>
sealed record PolicyEntry<T>(string Id, string Division, DateOnly From, DateOnly Until, T Content, string Unit, PolicyCitation Citation, string Place)
{
    public bool Holds(DateOnly date) => From <= date && date <= Until;
}

/// <summary>
/// Reads one policy file strictly: what it does not know is a fault, with its line. <see cref="Division"/> is the prefix that the
/// file speaks for; empty for <c>default.yaml</c>.
/// </summary>
sealed class PolicyFile
{
    readonly string _name;
    readonly string _version;
    readonly List<string> _faults;

    PolicyFile(string name, byte[] content, List<string> faults)
    {
        _name = name;
        // Enough to tell two versions of a file apart, and short enough to be read out.
        _version = Convert.ToHexStringLower(SHA256.HashData(content))[..12];
        _faults = faults;
        var stem = Path.GetFileNameWithoutExtension(name);
        Division = stem == "default" ? "" : stem;
        if (Division.Length > 0 && !Divisions.IsCode(Division))
            Fault(1, "the file's name must be \"default\" or a division code of 2, 4, 6, 9 or 12 digits");
    }

    public string Division { get; }

    public List<PolicyEntry<object>> Values { get; } = [];

    public List<PolicyEntry<ProcedureTemplate>> Procedures { get; } = [];

    public List<CalendarDay> Calendar { get; } = [];

    public static PolicyFile Read(string path, List<string> faults)
    {
        var content = File.ReadAllBytes(path);
        var file = new PolicyFile(Path.GetFileName(path), content, faults);
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StreamReader(new MemoryStream(content)));
            if (yaml.Documents.Count > 0)
                file.Root(new Mapping(file, yaml.Documents[0].RootNode, "the file"));
        }
        catch (YamlException exception)
        {
            file.Fault(exception.Start.Line, exception.InnerException?.Message ?? exception.Message);
        }
        return file;
    }

    void Fault(long line, string text) => _faults.Add($"{_name}:{line}: {text}");

    void Root(Mapping root)
    {
        foreach (var entry in root.List("values"))
            Value(entry);
        foreach (var entry in root.List("procedures"))
            Procedure(entry);
        foreach (var entry in root.List("calendar"))
            Days(entry);
        root.End();
    }

    /// <summary>Days off and days worked in exchange, each a day or a range "2024-02-10..2024-02-17".</summary>
    void Days(Mapping entry)
    {
        foreach (var (key, works) in ((string, bool)[])[("off", false), ("work", true)])
        {
            foreach (var text in entry.Texts(key))
            {
                var ends = Array.ConvertAll(text.Split(".."), Date);
                if (ends.Length > 2 || ends[0] is not { } first || ends[^1] is not { } last || last < first || last > first.AddDays(31))
                    Fault(entry.Line, $"\"{text}\" is neither a day yyyy-MM-dd nor a range of days yyyy-MM-dd..yyyy-MM-dd");
                else
                    Calendar.AddRange(Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(day => new CalendarDay(Division, first.AddDays(day), works)));
            }
        }
        // Whose days they are is for readers of the file.
        entry.Text("source", required: true);
        entry.End();
        foreach (var twice in Calendar.GroupBy(day => day.Day).Where(days => days.Count() > 1))
            Fault(entry.Line, $"{twice.Key:yyyy-MM-dd} is in the calendar twice");
    }

    void Value(Mapping entry)
    {
        var text = entry.Scalar("value", required: true);
        var unit = entry.Text("unit");
        var content = text is null ? null : Content(text.Value ?? "", unit, plain: text.Style == ScalarStyle.Plain);
        if (text is not null && content is null)
        {
            Fault(text.Start.Line, Units.Contains(unit, StringComparer.Ordinal)
                ? $"\"{text.Value}\" is no value in {(unit.Length > 0 ? unit : "plain text")}"
                : $"unit \"{unit}\" is unknown; write one of {string.Join(", ", Units.Skip(1))}, or none for true, false and text");
        }
        Add(Values, entry, content, unit, Written(text?.Value ?? "", unit));
    }

    void Procedure(Mapping entry)
    {
        var title = Title(entry);
        var steps = entry.List("steps").ConvertAll(step => (Definition: Step(step), step.Line));
        if (steps.Count == 0)
            Fault(entry.Line, "a procedure has at least one step");
        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var fault in steps[i].Definition.Faults([.. steps.Take(i).Select(earlier => earlier.Definition.Id)]))
                Fault(steps[i].Line, fault);
        }
        Add(Procedures, entry, new ProcedureTemplate(title, steps.ConvertAll(step => step.Definition)), "", "");
    }

    static StepDefinition Step(Mapping entry)
    {
        const string duration = "a duration such as 15d, 5wd or 6M, or the id of a value in d";
        const string share = "a share such as \"over 1/2\" or \"at least 2/3\"";
        var (kind, level) = (entry.Choice("kind", StepKind.Unspecified), entry.Choice("level", Level.Unspecified));
        var step = new StepDefinition(entry.Text("id", required: true), kind, level, Title(entry))
        {
            Permission = entry.Text("permission", required: true),
            Within = entry.Parsed("within", Period.Parse, duration),
            Since = entry.Text("since"),
            For = entry.Parsed("for", Period.Parse, duration),
            Attachments = entry.Texts("attachments"),
            Quorum = entry.Parsed("quorum", Share.Parse, share),
            Majority = entry.Parsed("majority", Share.Parse, share),
            OnReject = entry.Text("onReject"),
            OnReturn = entry.Text("onReturn"),
            OnObjection = entry.Text("onObjection"),
        };
        entry.End();
        return step;
    }

    static Text Title(Mapping entry)
    {
        var title = entry.Map("title");
        var text = new Text(title?.Text("zh", required: true) ?? "", title?.Text("en", required: true) ?? "");
        title?.End();
        return text;
    }

    void Add<T>(List<PolicyEntry<T>> entries, Mapping entry, T? content, string unit, string written) where T : class
    {
        var id = entry.Text("id", required: true);
        var source = entry.Text("source", required: true);
        var from = entry.Parsed("from", Date, "a date yyyy-MM-dd") ?? DateOnly.MinValue;
        var until = entry.Parsed("until", Date, "a date yyyy-MM-dd") ?? DateOnly.MaxValue;
        entry.End();
        if (until < from)
            Fault(entry.Line, $"\"{id}\" ends before it begins");
        var overlap = entries.Find(other => other.Id == id && other.From <= until && from <= other.Until);
        if (overlap is not null)
            Fault(entry.Line, $"\"{id}\" overlaps in time with {overlap.Place}; give the earlier one an \"until\"");
        var division = Division.Length > 0 ? Division : "default";
        var citation = new PolicyCitation { PolicyId = id, Version = _version, Division = division, Source = source, Value = written };
        if (content is not null)
            entries.Add(new PolicyEntry<T>(id, Division, from, until, content, unit, citation, $"{_name}:{entry.Line}"));
    }

    static readonly string[] Units = ["", "d", "count", "yuan", "fen", "%", "share", "number", "m2", "date"];

    /// <summary>A value as people read it, with its unit.</summary>
    internal static string Written(string value, string unit) =>
        unit switch { "" or "count" or "date" => value, "d" or "%" => value + unit, _ => $"{value} {unit}" };

    /// <summary>
    /// The value in the one type that its unit stands for; <c>null</c> when it is none. Only <paramref name="plain"/> text, without
    /// quotes, is true or false.
    /// </summary>
    internal static object? Content(string text, string unit, bool plain)
    {
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        decimal? number = decimal.TryParse(text, styles, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        return unit switch
        {
            "" when plain && text is "true" or "false" => text == "true",
            "" => text,
            "d" or "count" => Whole(number) is >= int.MinValue and <= int.MaxValue ? (int)number! : null,
            "fen" => Whole(number),
            "yuan" => Whole(number * 100),
            "%" => number / 100,
            "share" or "number" or "m2" => number,
            "date" => Date(text),
            _ => null,
        };

        static long? Whole(decimal? number) =>
            number is >= long.MinValue and <= long.MaxValue && decimal.IsInteger(number.Value) ? (long)number : null;
    }

    static DateOnly? Date(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    /// <summary>A YAML mapping whose keys are taken one by one; what is left at the <see cref="End"/> is unknown.</summary>
    sealed class Mapping
    {
        readonly PolicyFile _file;
        readonly Dictionary<string, YamlNode> _left = new(StringComparer.Ordinal);

        public Mapping(PolicyFile file, YamlNode node, string what)
        {
            _file = file;
            Line = node.Start.Line;
            if (node is YamlMappingNode mapping)
            {
                foreach (var (key, value) in mapping)
                    _left[((YamlScalarNode)key).Value ?? ""] = value;
            }
            else
            {
                file.Fault(Line, $"{what} must be written as \"key: value\" lines");
            }
        }

        public long Line { get; }

        public YamlScalarNode? Scalar(string key, bool required = false)
        {
            if (!_left.Remove(key, out var node))
            {
                if (required)
                    _file.Fault(Line, $"\"{key}\" is missing");
                return null;
            }
            if (node is YamlScalarNode { Value.Length: > 0 } scalar)
                return scalar;
            _file.Fault(node.Start.Line, $"\"{key}\" must have one plain value");
            return null;
        }

        public string Text(string key, bool required = false) => Scalar(key, required)?.Value ?? "";

        public T? Parsed<T>(string key, Func<string, T?> parse, string what) where T : struct
        {
            if (Scalar(key) is not { } node)
                return null;
            var value = parse(node.Value!);
            if (value is null)
                _file.Fault(node.Start.Line, $"\"{key}\" must be {what}");
            return value;
        }

        public T Choice<T>(string key, T none) where T : struct, Enum
        {
            if (Scalar(key, required: true) is not { } node)
                return none;
            // Names alone: the parser would take an enum's numbers, too.
            var names = Enum.GetNames<T>().Skip(1).Select(name => name.ToLowerInvariant()).ToList();
            if (names.Contains(node.Value, StringComparer.Ordinal))
                return Enum.Parse<T>(node.Value!, ignoreCase: true);
            _file.Fault(node.Start.Line, $"\"{key}\" must be one of {string.Join(", ", names)}");
            return none;
        }

        public Mapping? Map(string key)
        {
            if (_left.Remove(key, out var node))
                return new Mapping(_file, node, $"\"{key}\"");
            _file.Fault(Line, $"\"{key}\" is missing");
            return null;
        }

        public List<Mapping> List(string key) => Nodes(key).ConvertAll(node => new Mapping(_file, node, $"an entry of \"{key}\""));

        public List<string> Texts(string key) => Nodes(key).ConvertAll(node => (node as YamlScalarNode)?.Value ?? "");

        List<YamlNode> Nodes(string key)
        {
            if (!_left.Remove(key, out var node))
                return [];
            if (node is YamlSequenceNode sequence)
                return [.. sequence];
            _file.Fault(node.Start.Line, $"\"{key}\" must be a list");
            return [];
        }

        public void End()
        {
            foreach (var (key, node) in _left)
                _file.Fault(node.Start.Line, $"\"{key}\" is not known here");
        }
    }
}
