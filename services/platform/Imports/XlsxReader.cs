using System.Globalization;
using System.IO.Compression;
using System.Xml;
using Governance.Common.V1;
using Governance.Platform.Rpc;

namespace Governance.Platform.Imports;

/// <summary>
/// Reads the sheets of a workbook (ECMA-376) one row at a time. A file may claim anything, so whatever it makes us hold has a bound:
/// libraries for workbooks hold rows and texts of any size, and that is why this reads for itself.
/// </summary>
sealed class XlsxReader : TableReader
{
    static readonly DateTime _epoch = new(1899, 12, 30);
    static readonly DateTime _epochOfMac = new(1904, 1, 1);

    readonly XlsxPackage _package;
    readonly string[] _cells = new string[MostCells];
    readonly CellKind[] _kinds = new CellKind[MostCells];
    int _sheet = -1;
    XmlReader? _xml;
    XlsxMerges _merges = new([]);
    int _line;
    int _count;
    bool _hidden;

    public XlsxReader(MemoryStream file)
    {
        try
        {
            _package = new XlsxPackage(file);
            NextSheet();
        }
        catch (Exception exception) when (exception is XmlException or InvalidDataException or FormatException or OverflowException)
        {
            throw Unreadable();
        }
    }

    public override TableFormat Format => TableFormat.Xlsx;

    public override int Line => _line;

    public override int HeadingEnd => _merges.At(_line) is { Count: > 0 } merges ? merges.Max(merge => merge.To) : _line;

    public override int Count => _count;

    public override Violation? Wrong => _hidden
        ? new Violation("", "HIDDEN_ROW", new Text("该行在表格中被隐藏或筛选掉了，未导入。确需导入时请取消隐藏或筛选后重新上传，否则请删除该行。",
            "The row is hidden or filtered out in the sheet, so it was not taken in. Show it to import it, or delete it."))
        : null;

    public override ReadOnlySpan<char> this[int cell] => CsvWriter.IsFormula(_cells[cell]) ? $"'{_cells[cell]}" : _cells[cell];

    public override ReadOnlySpan<char> Value(int cell) => _cells[cell].AsSpan().Trim();

    public override CellKind Kind(int cell) => _kinds[cell];

    public override Violation? Spoiled(int cell) => _kinds[cell] switch
    {
        CellKind.LongNumber => new Violation("", "NUMBER_LOST_DIGITS", new Text(
            $"单元格 {Name(cell)} 以数值保存，Excel 只保留前 15 位数字，其余已丢失。请先把该列设为“文本”格式，再重新录入完整号码。",
            $"Cell {Name(cell)} is stored as a number, of which a spreadsheet keeps 15 digits; the others are lost. Format the column as text, then enter it anew.")),
        CellKind.Error => new Violation("", "CELL_ERROR", new Text(
            $"单元格 {Name(cell)} 是错误值 {_cells[cell]}。请改为实际内容。", $"Cell {Name(cell)} is the error {_cells[cell]}. Put a value there.")),
        CellKind.Formula => new Violation("", "FORMULA_WITHOUT_VALUE", new Text(
            $"单元格 {Name(cell)} 是没有计算结果的公式。请在 Excel 或 WPS 中打开并保存，或改为实际内容。",
            $"Cell {Name(cell)} is a formula without its result. Open and save the file in a spreadsheet, or put a value there.")),
        _ => null,
    };

    public override ValueTask<bool> Read(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return ValueTask.FromResult(ReadRow());
        }
        catch (Exception exception) when (exception is XmlException or InvalidDataException or FormatException or OverflowException)
        {
            throw Unreadable();
        }
    }

    public override bool NextSheet()
    {
        _xml?.Dispose();
        _line = 0;
        if (++_sheet >= _package.Sheets.Count)
            return false;
        using (var sheet = _package.Read(_package.Sheets[_sheet]))
            _merges = XlsxMerges.Read(sheet);
        _xml = _package.Read(_package.Sheets[_sheet]);
        return true;
    }

    public override void Dispose()
    {
        _xml?.Dispose();
        _package.Dispose();
        base.Dispose();
    }

    bool ReadRow()
    {
        do
        {
            if (_xml is null || !XlsxPackage.Next(_xml) || _xml is { NodeType: XmlNodeType.EndElement, LocalName: "sheetData" })
                return false;
        }
        while (_xml is not { NodeType: XmlNodeType.Element, LocalName: "row" });
        var above = _line;
        _line = _xml.GetAttribute("r") is { } number ? int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture) : _line + 1;
        if (_line <= above)
            throw new InvalidDataException("Rows are not in their order.");
        _hidden = _xml.GetAttribute("hidden") is "1" or "true";
        _count = 0;
        var column = -1;
        if (!_xml.IsEmptyElement)
        {
            var depth = _xml.Depth;
            while (XlsxPackage.Next(_xml) && _xml.Depth > depth)
            {
                if (_xml.NodeType != XmlNodeType.Element || _xml.LocalName != "c" || _xml.Depth != depth + 1)
                    continue;
                column = _xml.GetAttribute("r") is { } reference ? Column(reference) : column + 1;
                ReadCell(column);
            }
        }
        foreach (var merge in _merges.At(_line))
        {
            if (merge.From == _line && merge.Column < _count)
                (merge.Value, merge.Kind) = (_cells[merge.Column], _kinds[merge.Column]);
            else if (merge.From < _line && merge.Value.Length > 0 && (merge.Column >= _count || _cells[merge.Column].Length == 0))
                Put(merge.Column, merge.Value, merge.Kind);
        }
        return true;
    }

    void ReadCell(int column)
    {
        var type = _xml!.GetAttribute("t");
        var isDate = _package.IsDate(_xml.GetAttribute("s"));
        var text = XlsxPackage.Text(_xml, out var formula);
        if (text.Length == 0 && !formula)
            return;
        if (column >= MostCells)
            throw TooManyColumns(_line);
        var (value, kind) = type switch
        {
            _ when text.Length == 0 => ("", type == "str" ? CellKind.Text : CellKind.Formula),
            "s" => (_package.SharedText(int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)), CellKind.Text),
            "inlineStr" or "str" => (text, CellKind.Text),
            "b" => (text is "1" or "true" ? "TRUE" : "FALSE", CellKind.Text),
            "e" => (text, CellKind.Error),
            "d" => Date(DateTime.Parse(text, CultureInfo.InvariantCulture)),
            _ => Number(text, isDate),
        };
        Put(column, value, kind);
    }

    void Put(int column, string value, CellKind kind)
    {
        for (; _count <= column; _count++)
            (_cells[_count], _kinds[_count]) = ("", CellKind.Text);
        (_cells[column], _kinds[column]) = (value, kind);
    }

    (string Value, CellKind Kind) Number(string text, bool isDate)
    {
        // The most usual number is digits already.
        if (!isDate && text.Length <= 15 && !text.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return (text, CellKind.Number);
        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (isDate && number is >= 1 and < 2_957_000)
            return Date((_package.CountsFrom1904 ? _epochOfMac : _epoch).AddDays(number));
        return Math.Abs(number) >= 1e15
            ? (number.ToString("F0", CultureInfo.InvariantCulture), CellKind.LongNumber)
            // A decimal takes over the 15 digits that a spreadsheet shows, and none of the noise behind them.
            : (((decimal)number).ToString(CultureInfo.InvariantCulture), CellKind.Number);
    }

    static (string Value, CellKind Kind) Date(DateTime date) =>
        (date.ToString(date.TimeOfDay == default ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), CellKind.Date);

    string Name(int cell) => $"{XlsxWriter.ColumnName(cell)}{_line}";

    /// <summary>Column of a reference such as AB12, counting from 0.</summary>
    internal static int Column(ReadOnlySpan<char> reference)
    {
        var column = 0;
        foreach (var character in reference)
        {
            if (!char.IsAsciiLetterUpper(character))
                break;
            column = checked(column * 26 + character - 'A' + 1);
        }
        return column is > 0 and <= 16_384 ? column - 1 : throw new FormatException("No reference to a cell.");
    }

    static InvalidException Unreadable() => new("file", "WORKBOOK_NOT_READABLE",
        "Excel 工作簿已损坏或过大，无法读取。请在 Excel 或 WPS 中打开并另存为“Excel 工作簿（.xlsx）”或“CSV UTF-8”后重新上传。",
        "The workbook is damaged or too large to be read. Open it in a spreadsheet, save it as .xlsx or \"CSV UTF-8\", and upload it again.");
}
