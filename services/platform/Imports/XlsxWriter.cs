using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Google.Api;
using Grpc.Core;

namespace Governance.Platform.Imports;

/// <summary>
/// Writes a workbook (ECMA-376) of one sheet as it comes, holding a row at a time: the libraries that could hold all of it. Cells are text,
/// so that no spreadsheet shortens an identity number or takes a room for a date; only what a column calls a number is one.
/// </summary>
sealed class XlsxWriter : TableWriter
{
    const int LastRow = 1_048_576;
    // Longer lists would need a sheet of their own.
    const int LongestChoices = 255;

    static readonly SearchValues<char> _notXml = SearchValues.Create([.. Enumerable.Range(0, 32).Select(code => (char)code), '<', '>', '&', '\uFFFE', '\uFFFF']);

    readonly IReadOnlyList<ImportColumn> _columns;
    readonly ZipArchive _zip;
    readonly StreamWriter _sheet;
    int _row;

    public XlsxWriter(IReadOnlyList<ImportColumn> columns, IServerStreamWriter<HttpBody> responses, CancellationToken cancellation)
        : base("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", responses, cancellation)
    {
        _columns = columns;
        _zip = new ZipArchive(new Unseekable(Unsent), ZipArchiveMode.Create);
        Part("[Content_Types].xml",
            """
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
            <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>
            <Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
            <Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
            <Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>
            """);
        Part("_rels/.rels",
            """
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
            <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>
            """);
        Part("xl/workbook.xml",
            """
            <workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
            <sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>
            """);
        Part("xl/_rels/workbook.xml.rels",
            """
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
            <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
            <Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>
            """);
        // Styles: 0 for numbers, 1 for text (format 49 is "@"), 2 for the headings.
        Part("xl/styles.xml",
            """
            <styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
            <fonts count="2"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font></fonts>
            <fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
            <borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
            <cellXfs count="3"><xf xfId="0"/><xf numFmtId="49" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>
            <cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>
            """);
        _sheet = new StreamWriter(_zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open(), new UTF8Encoding(false), 16 * 1024);
        _sheet.Write(
            """
            <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
            <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
            <sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>
            """);
        for (var column = 0; column < columns.Count; column++)
            _sheet.Write(string.Create(CultureInfo.InvariantCulture,
                $"<col min=\"{column + 1}\" max=\"{column + 1}\" width=\"{Width(columns[column])}\" style=\"{(columns[column].IsNumber ? 0 : 1)}\" customWidth=\"1\"/>"));
        _sheet.Write("</cols><sheetData>");
    }

    /// <summary>A, B, … Z, AA, AB …</summary>
    public static string ColumnName(int column) => column < 26 ? ((char)('A' + column)).ToString() : ColumnName(column / 26 - 1) + ColumnName(column % 26);

    protected override void Append(IEnumerable<string> cells)
    {
        _row++;
        _sheet.Write("<row>");
        var column = 0;
        foreach (var cell in cells)
        {
            if (cell.Length == 0)
                _sheet.Write("<c s=\"1\"/>");
            else if (_row > 1 && column < _columns.Count && _columns[column].IsNumber && IsNumber(cell))
                Cell("<c><v>", cell, "</v></c>");
            else
                Cell(_row == 1 ? "<c s=\"2\" t=\"inlineStr\"><is><t xml:space=\"preserve\">" : "<c s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">", cell, "</t></is></c>");
            column++;
        }
        _sheet.Write("</row>");
    }

    protected override void End()
    {
        _sheet.Write("</sheetData>");
        var lists = _columns.Index().Where(column => column.Item.Choices.Count > 0 && column.Item.Choices.Sum(choice => choice.Length + 1) <= LongestChoices).ToList();
        if (lists.Count > 0)
        {
            _sheet.Write(string.Create(CultureInfo.InvariantCulture, $"<dataValidations count=\"{lists.Count}\">"));
            foreach (var (index, column) in lists)
            {
                var name = ColumnName(index);
                _sheet.Write($"<dataValidation type=\"list\" allowBlank=\"1\" showErrorMessage=\"1\" sqref=\"{name}2:{name}{LastRow}\"><formula1>");
                Cell("\"", string.Join(',', column.Choices), "\"</formula1></dataValidation>");
            }
            _sheet.Write("</dataValidations>");
        }
        _sheet.Write("</worksheet>");
        Dispose();
    }

    public override void Dispose()
    {
        _sheet.Dispose();
        _zip.Dispose();
        base.Dispose();
    }

    void Cell(string before, string text, string after)
    {
        _sheet.Write(before);
        var rest = text.AsSpan();
        while (rest.IndexOfAny(_notXml) is >= 0 and var special)
        {
            _sheet.Write(rest[..special]);
            _sheet.Write(rest[special] switch { '<' => "&lt;", '>' => "&gt;", '&' => "&amp;", '\t' => "\t", '\n' => "&#10;", '\r' => "&#13;", _ => "\uFFFD" });
            rest = rest[(special + 1)..];
        }
        _sheet.Write(rest);
        _sheet.Write(after);
    }

    void Part(string name, string xml)
    {
        using var part = new StreamWriter(_zip.CreateEntry(name, CompressionLevel.Fastest).Open());
        part.Write("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
        part.Write(xml);
    }

    /// <summary>A number that a spreadsheet keeps as it is written.</summary>
    static bool IsNumber(string cell) => cell.Length <= 15 && decimal.TryParse(cell, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);

    /// <summary>Of a heading, whose Chinese characters are twice as wide as digits, or of the longest choice or a code.</summary>
    static int Width(ImportColumn column) => Math.Max(12, column.Choices.Append(column.Zh).Max(text => text.Length) * 2 + 4);

    /// <summary>Bytes that go to the buffer and, once sent, cannot be changed any more.</summary>
    sealed class Unseekable(IBufferWriter<byte> buffer) : Stream
    {
        public override void Write(ReadOnlySpan<byte> bytes) => buffer.Write(bytes);

        public override void Write(byte[] bytes, int offset, int count) => Write(bytes.AsSpan(offset, count));

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] bytes, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
