using System.Globalization;
using System.Text;
using Governance.Platform.Identity;
using Governance.Platform.Personal;
using Governance.Platform.Rpc;

namespace Governance.Platform.Imports;

/// <summary>
/// A row of an import file, read by column. Each method answers with the cell's value, or notes what is wrong and answers with nothing;
/// an empty cell of an optional column is nothing, too.
/// </summary>
public sealed class ImportRow
{
    static readonly char[] _separators = ['、', ',', ';', '|'];
    static readonly string[] _dateFormats = ["yyyy-MM-dd", "yyyy/M/d", "yyyyMMdd", "yyyy-M-d", "yyyy.M.d", "yyyy年M月d日"];

    readonly TableReader _table;
    readonly Dictionary<ImportColumn, int> _places;
    readonly Caller _caller;
    readonly DateOnly _today;

    internal ImportRow(TableReader table, Dictionary<ImportColumn, int> places, Caller caller, DateOnly today) =>
        (_table, _places, _caller, _today) = (table, places, caller, today);

    internal List<(ImportColumn Column, Violation Violation)> Faults { get; } = [];

    /// <summary>The line of the file on which the row begins; the header is line 1.</summary>
    public int Line => _table.Line;

    /// <summary>The day on which the import runs.</summary>
    public DateOnly Today => _today;

    /// <summary>Whether nothing stands in a cell.</summary>
    public bool IsEmpty(ImportColumn column) => Place(column) is var place && (place < 0 || _table.Value(place).IsEmpty);

    /// <summary>Notes that a cell is wrong. The sentences need not name the column and must not repeat personal data.</summary>
    public void Wrong(ImportColumn column, string code, string zh, string en) =>
        Faults.Add((column, new Violation(column.Zh, code, new Text(zh, en))));

    /// <summary>Text of at most <paramref name="max"/> characters on one line; empty when there is none.</summary>
    public string Text(ImportColumn column, int max = 200)
    {
        if (Cell(column) is not { Length: > 0 } cell)
            return "";
        if (Kind(column) == CellKind.Date)
            Wrong(column, "TURNED_INTO_DATE", $"表格软件把内容当成了日期 {cell}。请先把该列设为“文本”格式，再重新填写。",
                $"A spreadsheet took this for the date {cell}. Format the column as text, then write it anew.");
        else if (cell.Length > max)
            Wrong(column, "TOO_LONG", $"最多 {max} 个字符。", $"At most {max} characters.");
        else if (cell.ContainsAnyInRange('\0', '\u001f'))
            Wrong(column, "CONTROL_CHARACTER", "不能含有换行、制表符等控制字符。", "Line breaks, tabs and other control characters are not allowed.");
        else
            return cell.ToString();
        return "";
    }

    /// <summary>Text that machines compare, such as a number of a list: full-width characters become the plain ones.</summary>
    public string Code(ImportColumn column, int max = 200)
    {
        var text = Text(column, max);
        return IsPlain(text) ? text : Plain(text);
    }

    /// <summary>A UUID.</summary>
    public Guid? Id(ImportColumn column)
    {
        if (PlainCell(column) is not { Length: > 0 } cell)
            return null;
        if (Guid.TryParse(cell, out var id) && id != Guid.Empty)
            return id;
        Wrong(column, "NOT_A_UUID", "必须是 UUID。", "Must be a UUID.");
        return null;
    }

    /// <summary>
    /// A division code of one of <paramref name="lengths"/> digits that lies within the caller's own; empty when there is none.
    /// </summary>
    public string Division(ImportColumn column, params ReadOnlySpan<int> lengths)
    {
        if (PlainCell(column) is not { Length: > 0 } cell)
            return "";
        var code = cell.ToString();
        if (!Divisions.IsCode(code) || (lengths.Length > 0 && !lengths.Contains(code.Length)))
        {
            var allowed = lengths.Length > 0 ? string.Join(" / ", lengths.ToArray()) : "2 / 4 / 6 / 9 / 12";
            Wrong(column, "NOT_A_DIVISION", $"必须是 {allowed} 位数字的行政区划代码。", $"Must be a division code of {allowed} digits.");
        }
        else if (!Divisions.Covers(_caller.Division, code))
        {
            Wrong(column, "OUT_OF_SCOPE", $"不在您的管辖范围 {_caller.Division} 内。", $"Lies outside your division {_caller.Division}.");
        }
        else
        {
            return code;
        }
        return "";
    }

    /// <summary>A date in one of the ways in which spreadsheets write it.</summary>
    public DateOnly? Date(ImportColumn column)
    {
        if (PlainCell(column) is not { Length: > 0 } cell)
            return null;
        if (DateOnly.TryParseExact(cell, _dateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && date.Year is >= 1900 and <= 2100)
            return date;
        // A date that lost its format is the number of days since 1900; smaller numbers may be years.
        if (Kind(column) == CellKind.Number && int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 10_000 and < 73_051)
            return new DateOnly(1899, 12, 30).AddDays(days);
        Wrong(column, "NOT_A_DATE", "必须是真实日期，例如 2024-03-29。", "Must be a real date, e.g. 2024-03-29.");
        return null;
    }

    /// <summary>A whole number between the bounds, both included.</summary>
    public long? Number(ImportColumn column, long min = 0, long max = int.MaxValue)
    {
        if (PlainCell(column) is not { Length: > 0 } cell)
            return null;
        if (long.TryParse(cell, NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
            return number;
        Wrong(column, "OUT_OF_RANGE", $"必须是 {min} 至 {max} 之间的整数。", $"Must be a whole number between {min} and {max}.");
        return null;
    }

    /// <summary>An amount written in yuan with at most two decimals, answered in fen.</summary>
    public long? Fen(ImportColumn column, long min = 0, long max = 100_000_000_000_00)
    {
        if (PlainCell(column) is not { Length: > 0 } cell)
            return null;
        if (decimal.TryParse(cell, NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var yuan)
            && yuan <= max / 100m && yuan >= min / 100m && yuan * 100 % 1 == 0)
            return (long)(yuan * 100);
        Wrong(column, "NOT_AN_AMOUNT", $"必须是以元为单位、最多两位小数的金额，且在 {min / 100m} 至 {max / 100m} 之间。",
            $"Must be an amount in yuan with at most two decimals, between {min / 100m} and {max / 100m}.");
        return null;
    }

    /// <summary>Yes or no.</summary>
    public bool? Flag(ImportColumn column)
    {
        switch (PlainCell(column))
        {
            case []:
                return null;
            case "是" or "1" or "true" or "TRUE" or "yes" or "Y" or "y":
                return true;
            case "否" or "0" or "false" or "FALSE" or "no" or "N" or "n":
                return false;
            default:
                Wrong(column, "NOT_A_FLAG", "必须填“是”或“否”。", "Must be yes or no.");
                return null;
        }
    }

    /// <summary>One of <paramref name="choices"/> by its word, in either language.</summary>
    public T? Choice<T>(ImportColumn column, IReadOnlyDictionary<string, T> choices) where T : struct
    {
        if (PlainCell(column) is not { Length: > 0 } cell)
            return null;
        if (choices.TryGetValue(Word(cell), out var choice))
            return choice;
        Wrong(column, "NOT_A_CHOICE", $"必须是以下之一：{Words(choices, Locale.Zh)}。", $"Must be one of: {Words(choices, Locale.En)}.");
        return null;
    }

    /// <summary>Any of <paramref name="choices"/> by their words, with 、 or the like between them; <paramref name="none"/> are words for none of them.</summary>
    public T[] Choices<T>(ImportColumn column, IReadOnlyDictionary<string, T> choices, params ReadOnlySpan<string> none) where T : struct
    {
        if (PlainCell(column) is not { Length: > 0 } cell || none.Contains(Word(cell)))
            return [];
        var words = cell.ToString().Split(_separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (Array.TrueForAll(words, word => choices.ContainsKey(Word(word))))
            return [.. words.Select(word => choices[Word(word)]).Distinct().Order()];
        Wrong(column, "NOT_A_CHOICE", $"必须是以下各项，多项用“、”隔开：{Words(choices, Locale.Zh)}。",
            $"Must be some of these, with \";\" between them: {Words(choices, Locale.En)}.");
        return [];
    }

    /// <summary>An identity number (GB 11643).</summary>
    public IdentityNumber? IdentityNumber(ImportColumn column)
    {
        if (Cell(column) is not { Length: > 0 } cell)
            return null;
        if (Personal.IdentityNumber.TryParse(cell, _today, out var number, out var violation, column.Zh))
            return number;
        Faults.Add((column, violation!));
        return null;
    }

    /// <summary>The text of a cell as it is, right or wrong.</summary>
    internal string Peek(ImportColumn column)
    {
        var place = Place(column);
        return place < 0 ? "" : _table.Value(place).ToString();
    }

    /// <summary>The trimmed text of a cell.</summary>
    ReadOnlySpan<char> Cell(ImportColumn column)
    {
        var place = Place(column);
        if (place >= 0 && _table.Spoiled(place) is { } spoiled)
        {
            Faults.Add((column, spoiled));
            return default;
        }
        var cell = place < 0 ? default : _table.Value(place);
        if (cell.IsEmpty && column.Required)
            Wrong(column, "REQUIRED", "不能为空。", "Must not be empty.");
        return cell;
    }

    /// <summary>The trimmed text of a cell that machines compare, however an input method wrote it.</summary>
    ReadOnlySpan<char> PlainCell(ImportColumn column)
    {
        var cell = Cell(column);
        return IsPlain(cell) ? cell : Plain(cell.ToString());
    }

    // Nearly all are, and there are many cells.
    static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyInRange('\uFF01', '\uFF5E');

    static string Plain(string text) => string.Concat(text.Select(Characters.Plain));

    /// <summary>A word without the spaces that make it as wide as its neighbours: 户　主.</summary>
    static string Word(ReadOnlySpan<char> cell) =>
        cell.ContainsAny(' ', '\u3000') ? string.Concat(cell.ToString().Where(character => !char.IsWhiteSpace(character))) : cell.ToString();

    /// <summary>The words of a language, in the order of what they stand for.</summary>
    static string Words<T>(IReadOnlyDictionary<string, T> choices, Locale locale) => string.Join(" / ",
        choices.Where(choice => Ascii.IsValid(choice.Key) == (locale == Locale.En)).OrderBy(choice => choice.Value).ThenBy(choice => choice.Key, StringComparer.Ordinal)
            .Select(choice => choice.Key));

    CellKind Kind(ImportColumn column) => _table.Kind(Place(column));

    /// <summary>Where the column's cell is in this row; -1 when it is not there.</summary>
    int Place(ImportColumn column) => _places.TryGetValue(column, out var place) && place < _table.Count ? place : -1;
}
