using System.Globalization;
using System.Reflection;
using Google.Protobuf.Reflection;

namespace Governance.Platform.Rpc;

/// <summary>
/// Reads a request's fields and collects everything that is wrong with them, so that a caller learns of all faults at once.
/// Each method answers with the cleaned value, or with a harmless default after noting a violation.
/// </summary>
public sealed class Fields
{
    readonly List<Violation> _violations = [];

    /// <summary>What is wrong so far.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>Notes that <paramref name="field"/> is wrong.</summary>
    public void Wrong(string field, string code, string zh, string en) => _violations.Add(new Violation(field, code, new Text(zh, en)));

    /// <summary>Throws when anything was noted.</summary>
    /// <exception cref="InvalidException">At least one field is wrong.</exception>
    public void Check()
    {
        if (_violations.Count > 0)
            throw new InvalidException(_violations);
    }

    /// <summary>
    /// Trimmed text of at most <paramref name="max"/> characters without control characters; empty only where <paramref
    /// name="required"/> is false.
    /// </summary>
    public string Text(string field, string value, int max = 200, bool required = true)
    {
        value = value.Trim();
        if (value.Length == 0 && required)
            Wrong(field, "REQUIRED", $"字段 {field} 不能为空。", $"Field \"{field}\" must not be empty.");
        else if (value.Length > max)
            Wrong(field, "TOO_LONG", $"字段 {field} 最多 {max} 个字符。", $"Field \"{field}\" has more than {max} characters.");
        else if (value.Any(character => char.IsControl(character) && character is not '\n'))
            Wrong(field, "CONTROL_CHARACTER", $"字段 {field} 含有控制字符。", $"Field \"{field}\" holds control characters.");
        else
            return value;
        return "";
    }

    /// <summary>A UUID. Ids are made by the client (version 7 keeps them in order of time).</summary>
    public Guid Id(string field, string value)
    {
        if (Guid.TryParse(value, out var id) && id != Guid.Empty)
            return id;
        Wrong(field, "NOT_A_UUID", $"字段 {field} 必须是 UUID（建议第 7 版）。", $"Field \"{field}\" must be a UUID (version 7 is best).");
        return Guid.Empty;
    }

    /// <summary>A UUID, or <c>null</c> where it is empty and not <paramref name="required"/>: a filter that stands for all.</summary>
    public Guid? Id(string field, string value, bool required) => value.Length == 0 && !required ? null : Id(field, value);

    /// <summary>A UUID that is the only thing to read.</summary>
    /// <exception cref="InvalidException">It is none.</exception>
    public static Guid ParseId(string field, string value)
    {
        var fields = new Fields();
        var id = fields.Id(field, value);
        fields.Check();
        return id;
    }

    /// <summary>
    /// A date yyyy-MM-dd between 1900 and 2100; <c>null</c> where it is empty and not <paramref name="required"/>, or wrong.
    /// </summary>
    public DateOnly? Date(string field, string value, bool required = true)
    {
        if (value.Length == 0 && !required)
            return null;
        if (DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && date.Year is >= 1900 and <= 2100)
            return date;
        Wrong(field, "NOT_A_DATE", $"字段 {field} 必须是真实日期，格式为 yyyy-MM-dd，例如 2024-03-29。",
            $"Field \"{field}\" must be a real date written yyyy-MM-dd, e.g. 2024-03-29.");
        return null;
    }

    /// <summary>
    /// A division code (GB/T 2260 and the statistical code): 2, 4, 6, 9 or 12 digits, at least <paramref name="minDigits"/>; empty only
    /// where <paramref name="required"/> is false.
    /// </summary>
    public string Division(string field, string value, int minDigits = 2, bool required = true)
    {
        if (value.Length == 0 && !required)
            return "";
        if (Divisions.IsCode(value) && value.Length >= minDigits)
            return value;
        Wrong(field, "NOT_A_DIVISION", $"字段 {field} 必须是行政区划代码：2、4、6、9 或 12 位数字，此处至少 {minDigits} 位。",
            $"Field \"{field}\" must be a division code of 2, 4, 6, 9 or 12 digits, here at least {minDigits}.");
        return "";
    }

    /// <summary>A whole number between the bounds, both included.</summary>
    public long Number(string field, long value, long min = 0, long max = long.MaxValue)
    {
        if (value >= min && value <= max)
            return value;
        Wrong(field, "OUT_OF_RANGE", $"字段 {field} 必须在 {min} 与 {max} 之间。", $"Field \"{field}\" must lie between {min} and {max}.");
        return min;
    }

    /// <summary>
    /// An enum value that is one of the named ones; the unspecified zero only where <paramref name="required"/> is false.
    /// </summary>
    public T Choice<T>(string field, T value, bool required = true) where T : struct, Enum
    {
        if (Enum.IsDefined(value) && !(required && EqualityComparer<T>.Default.Equals(value, default)))
            return value;
        // As the contract names them, for that is what can be sent.
        var names = string.Join(", ", typeof(T).GetFields(BindingFlags.Public | BindingFlags.Static).Skip(1)
            .Select(name => name.GetCustomAttribute<OriginalNameAttribute>()!.Name));
        Wrong(field, "NOT_A_CHOICE", $"字段 {field} 必须是以下之一：{names}。", $"Field \"{field}\" must be one of {names}.");
        return default;
    }
}
