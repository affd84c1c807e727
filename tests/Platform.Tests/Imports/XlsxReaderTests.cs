using System.Text;
using Governance.Platform.Imports;
using Governance.Platform.Rpc;
using Xunit;

namespace Governance.Platform.Tests.Imports;

public sealed class XlsxReaderTests
{
    [Fact]
    public async Task A_file_as_excel_writes_it_is_read()
    {
        var file = Workbook.Of(
            [
                """
                <sheetPr filterMode="1"/><dimension ref="A1:E1048576"/><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="13.5"/>
                <sheetData><row r="1" spans="1:5" ht="27"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" s="3"/></row>
                <row r="3" spans="1:5"><c r="A3"><v>45321</v></c><c r="B3" s="2"><v>45321</v></c><c r="D3"><v>0.30000000000000004</v></c><c r="E3" t="b"><v>1</v></c></row>
                <row r="4"><c r="A4" t="str"><f>B4&amp;"x"</f><v>算出</v></c><c r="B4"><f>1+1</f><v>2</v></c><c r="C4"><v>1.2E+3</v></c><c r="D4" s="3"><v>44000.5</v></c></row>
                <row r="1048576"><c r="A1048576" s="1"/></row></sheetData><autoFilter ref="A1:E4"/>
                """,
            ],
            ["<si><t>姓名</t><phoneticPr fontId=\"1\" type=\"noConversion\"/></si>", "<si><r><rPr><b/></rPr><t xml:space=\"preserve\">户 </t></r><r><t>号_x000A_码</t></r><rPh sb=\"0\" eb=\"1\"><t>hu</t></rPh></si>"],
            "<numFmts count=\"1\"><numFmt numFmtId=\"176\" formatCode=\"yyyy/m/d\\ h:mm;@\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"49\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/></cellXfs>");
        Assert.Equal(["1: 姓名|户 号\n码", "3: 45321|2024-01-30||0.3|TRUE", "4: 算出|2|1200|2020-06-18 12:00:00", "1048576: "], await Read(file));
    }

    [Theory]
    // As WPS and Excel format dates in Chinese, and LibreOffice; then what is no date.
    [InlineData("31", null, true)]
    [InlineData("57", null, true)]
    [InlineData("177", "yyyy\"年\"m\"月\"d\"日\";@", true)]
    [InlineData("177", "[$-804]yyyy\\-mm\\-dd;@", true)]
    [InlineData("165", "YYYY/MM/DD", true)]
    [InlineData("164", "General", false)]
    [InlineData("177", "0.00_);[Red]\\(0.00\\)", false)]
    [InlineData("177", "[Magenta]#,##0\"月\"", false)]
    [InlineData("2", null, false)]
    public async Task A_number_is_a_date_by_its_format(string id, string? code, bool isDate)
    {
        var file = Workbook.Of(["<sheetData><row><c s=\"0\"><v>45321</v></c></row></sheetData>"], styles:
            (code is null ? "" : $"<numFmts><numFmt numFmtId=\"{id}\" formatCode=\"{code.Replace("\"", "&quot;", StringComparison.Ordinal)}\"/></numFmts>") + $"<cellXfs><xf numFmtId=\"{id}\"/></cellXfs>");
        Assert.Equal([isDate ? "1: 2024-01-30" : "1: 45321"], await Read(file));
    }

    [Fact]
    public async Task Days_of_an_old_mac_are_counted_from_1904()
    {
        var file = Workbook.Of(["<sheetData><row><c s=\"0\"><v>43859</v></c></row></sheetData>"], styles: "<cellXfs><xf numFmtId=\"14\"/></cellXfs>", properties: "<workbookPr date1904=\"1\"/>");
        Assert.Equal(["1: 2024-01-30"], await Read(file));
    }

    [Fact]
    public async Task Cells_that_are_merged_downwards_all_have_the_text()
    {
        var file = Workbook.Of([Workbook.Rows(["甲", "1"], ["", "2"], ["", "3"], ["乙", "4"]) + "<mergeCells count=\"2\"><mergeCell ref=\"A1:A3\"/><mergeCell ref=\"A4:B4\"/></mergeCells>"]);
        Assert.Equal(["1: 甲|1", "2: 甲|2", "3: 甲|3", "4: 乙|4"], await Read(file));
    }

    [Fact]
    public async Task Rows_and_cells_without_references_follow_each_other_and_prefixes_do_not_matter()
    {
        var file = Workbook.Of(["<x:sheetData xmlns:x=\"" + Workbook.Main + "\"><x:row><x:c><x:v>1</x:v></x:c><x:c t=\"inlineStr\"><x:is><x:t>二</x:t></x:is></x:c></x:row><x:row><x:c/><x:c><x:v>3</x:v></x:c></x:row></x:sheetData>"]);
        Assert.Equal(["1: 1|二", "2: |3"], await Read(file));
    }

    [Fact]
    public async Task Hidden_sheets_are_passed_over()
    {
        var file = Workbook.Of(["hidden:" + Workbook.Rows(["选项"]), Workbook.Rows(["甲"]), Workbook.Rows(["乙"])]);
        using var reader = new XlsxReader(new MemoryStream(file));
        Assert.Equal(["1: 甲"], await Rows(reader));
        Assert.True(reader.NextSheet());
        Assert.Equal(["1: 乙"], await Rows(reader));
        Assert.False(reader.NextSheet());
    }

    public static TheoryData<string> Hostile =>
    [
        "nothing", "text", "runs", "attributes", "deep", "columns", "entity", "overlapping", "backwards", "missing text", "huge row number",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_file_that_would_fill_the_memory_or_makes_no_sense_is_refused(string kind)
    {
        static string Cell(string text) => $"<sheetData><row><c t=\"inlineStr\"><is><t>{text}</t></is></c></row></sheetData>";
        static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();
        var file = kind switch
        {
            "nothing" => Workbook.Zip(("a.txt", [1])),
            "text" => Workbook.Of([Cell(new string('a', 100_000_000))]),
            "runs" => Workbook.Of([Cell("")], [$"<si>{Repeat("<r><t>aaaaaaaaaa</t></r>", 100_000)}</si>"]),
            "attributes" => Workbook.Of([$"<sheetData><row {string.Join(' ', Enumerable.Range(0, 100_000).Select(number => $"a{number}=\"\""))}/></sheetData>"]),
            "deep" => Workbook.Of([Repeat("<a>", 1_000_000)]),
            "columns" => Workbook.Of(["<sheetData><row><c r=\"ZZZZZZZZ1\"><v>1</v></c></row></sheetData>"]),
            "entity" => Workbook.Zip(("_rels/.rels", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"u8.ToArray())),
            "overlapping" => Workbook.Of([Workbook.Rows(["甲"]) + $"<mergeCells>{Repeat("<mergeCell ref=\"A1:A99\"/>", 1000)}</mergeCells>"]),
            "backwards" => Workbook.Of(["<sheetData><row r=\"2\"><c><v>1</v></c></row><row r=\"1\"><c><v>1</v></c></row></sheetData>"]),
            "missing text" => Workbook.Of(["<sheetData><row><c t=\"s\"><v>7</v></c></row></sheetData>"]),
            _ => Workbook.Of(["<sheetData><row r=\"99999999999\"><c><v>1</v></c></row></sheetData>"]),
        };
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = await Assert.ThrowsAsync<InvalidException>(() => Read(file));
        Assert.Contains("WORKBOOK_NOT_READABLE", error.Violations.Select(violation => violation.Code));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024 * 1024);
    }

    static async Task<List<string>> Read(byte[] file)
    {
        using var reader = new XlsxReader(new MemoryStream(file));
        return await Rows(reader);
    }

    static async Task<List<string>> Rows(XlsxReader reader)
    {
        var rows = new List<string>();
        while (await reader.Read(CancellationToken.None))
            rows.Add($"{reader.Line}: {string.Join('|', Enumerable.Range(0, reader.Count).Select(cell => reader.Value(cell).ToString()))}");
        return rows;
    }
}
