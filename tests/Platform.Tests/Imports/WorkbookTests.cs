using System.Text;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using ExcelDataReader;
using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Platform.Tests.Imports;

/// <summary>Workbooks through the rpcs that take and give CSV.</summary>
public sealed class WorkbookTests(VillagersFixture service) : IClassFixture<VillagersFixture>, IAsyncLifetime
{
    static readonly string[] _header = ["编号", "户编号", "姓名", "身份证号", "行政区划", "存款", "加入日期"];
    static readonly string[] _good = ["V1", "H1", "示例甲", "11010519491231002X", "619901001001", "1234.5", "2024-03-09"];

    readonly Households.HouseholdsClient _client = new(service.As("619901", "households.import", "households.export", "imports.read"));

    public async ValueTask InitializeAsync() => await service.Database.Execute("truncate villagers, outbox");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_workbook_is_taken_in_whatever_its_name_or_declared_type()
    {
        var report = await Import(Workbook.Of([Workbook.Rows(_header, _good)]));
        Assert.Equal((1, 1, 0), (report.Rows, report.Created, report.Rejected));
        Assert.Equal(["示例甲 123450"], await service.Database.Query<string>("select concat(name, ' ', savings_fen) from villagers"));
    }

    [Fact]
    public async Task A_title_and_headings_merged_over_two_rows_and_members_merged_under_their_family_are_understood()
    {
        var report = await Import(Workbook.Of(
        [
            Workbook.Rows(["示例县花名册"], [], ["编号", "户编号", "成员", "", "行政区划", "存款"], ["", "", "姓名", "身份证号", "", ""],
                _good[..6], ["V2", "", "示例乙", "610101199003071231", "619901001001", ""])
            + "<mergeCells><mergeCell ref=\"A1:F1\"/><mergeCell ref=\"A3:A4\"/><mergeCell ref=\"B3:B4\"/><mergeCell ref=\"C3:D3\"/><mergeCell ref=\"E3:E4\"/><mergeCell ref=\"F3:F4\"/><mergeCell ref=\"B5:B6\"/></mergeCells>",
        ]));
        Assert.Equal((2, 2, 0), (report.Rows, report.Created, report.Rejected));
        Assert.Equal(["H1", "H1"], await service.Database.Query<string>("select family from villagers"));
    }

    [Theory]
    [InlineData(3, "<c r=\"D2\"><v>110105194912310000</v></c>", "NUMBER_LOST_DIGITS", "D2")]
    [InlineData(2, "<c r=\"C2\" s=\"1\"><v>45321</v></c>", "TURNED_INTO_DATE", "2024-01-30")]
    [InlineData(2, "<c r=\"C2\" t=\"e\"><v>#N/A</v></c>", "CELL_ERROR", "#N/A")]
    [InlineData(4, "<c r=\"E2\"><f>A1</f></c>", "FORMULA_WITHOUT_VALUE", "E2")]
    [InlineData(6, "<c r=\"G2\"><v>1985</v></c>", "NOT_A_DATE", "2024-03-29")]
    public async Task What_a_spreadsheet_spoiled_is_reported_with_the_cell_and_the_remedy(int column, string cell, string code, string told)
    {
        string[] row = [.. _good];
        row[column] = cell;
        var report = await Import(Workbook.Of([Workbook.Rows(_header, row)], styles: "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>"));
        var error = Assert.Single(report.Errors);
        Assert.Equal((2, _header[column], code), (error.Line, error.Column, error.Rule));
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dates_count_as_days_numbers_as_they_show_and_formulas_as_their_value()
    {
        var report = await Import(Workbook.Of([Workbook.Rows(_header,
            ["V1", "H1", "示例甲", "11010519491231002X", "<c r=\"E2\"><v>619901001001</v></c>", "<c r=\"F2\"><f>SUM(1)</f><v>0.30000000000000004</v></c>", "<c r=\"G2\"><v>45321</v></c>"])]));
        Assert.Equal((1, 0), (report.Created, report.Rejected));
        Assert.Equal([30L], await service.Database.Query<long>("select savings_fen from villagers"));
    }

    [Fact]
    public async Task A_hidden_row_is_neither_taken_in_nor_dropped_in_silence()
    {
        var sheet = Workbook.Rows(_header, _good, ["V2", "H2", "示例乙", "610101199003071231", "619901001001", "", ""]).Replace("<row r=\"3\">", "<row r=\"3\" hidden=\"1\">", StringComparison.Ordinal);
        var report = await Import(Workbook.Of([sheet]));
        Assert.Equal((1, 1, "HIDDEN_ROW"), (report.Created, report.Rejected, Assert.Single(report.Errors).Rule));
        // In the file of errors it is hidden no more.
        Assert.Equal(1, (await Import(await Download(_client.GetImportErrors(new() { ImportId = report.ImportId })))).Created);
    }

    [Fact]
    public async Task Of_several_sheets_the_one_with_the_headings_counts_and_two_are_refused()
    {
        Assert.Equal(1, (await Import(Workbook.Of([Workbook.Rows(["填表说明"], ["编号必填"]), Workbook.Rows(_header, _good), Workbook.Rows(["备注"])]))).Created);
        var error = await Assert.ThrowsAsync<RpcException>(() => Import(Workbook.Of([Workbook.Rows(_header, _good), Workbook.Rows(_header, _good)])));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("工作表", error.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1 }, ".xlsx")]
    [InlineData(new byte[] { 0x50, 0x4B, 3, 4, 0, 0, 0, 0 }, "CSV UTF-8")]
    public async Task A_workbook_that_cannot_be_read_is_refused_with_the_remedy(byte[] file, string remedy)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => Import(file));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains(remedy, error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_of_a_workbook_come_as_a_workbook_to_be_mended_and_sent_again()
    {
        var report = await Import(Workbook.Of([Workbook.Rows(_header, _good, ["V2", "H2", "=示例&lt;乙&gt;", "1", "619901001001", "", ""], ["V3", "H3", "示例丙", "", "9", "", ""])]));
        Assert.Equal((1, 2), (report.Created, report.Rejected));

        var errors = await Download(_client.GetImportErrors(new() { ImportId = report.ImportId }));
        var rows = Rows(errors);
        Assert.Equal([.. _header, "错误说明"], rows[0]);
        Assert.Equal(["V2", "H2", "=示例<乙>", "1"], rows[1][..4]);
        Assert.StartsWith("身份证号：", rows[1][7], StringComparison.Ordinal);
        Assert.Contains("；行政区划：", rows[2][7], StringComparison.Ordinal);

        var again = await Import(Workbook.Mend(errors, ">1<", ">610101199003071231<"));
        Assert.Equal((1, 1), (again.Created, again.Rejected));
        Assert.Equal(["=示例<乙>"], await service.Database.Query<string>("select name from villagers where number = 'V2'"));

        var csv = Encoding.UTF8.GetString(await Download(_client.GetImportErrors(new() { ImportId = report.ImportId, Format = TableFormat.Csv })));
        Assert.Contains("\r\nV2,H2,'=示例<乙>,1,619901001001,,,身份证号：", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_of_a_csv_file_come_as_a_workbook_when_that_is_asked_for()
    {
        var report = await Import(Encoding.UTF8.GetBytes($"{string.Join(',', _header)}\nV1,H1,\"'=a\"\"b,\",1,619901001001,,\n"));
        var rows = Rows(await Download(_client.GetImportErrors(new() { ImportId = report.ImportId, Format = TableFormat.Xlsx })));
        Assert.Equal("=a\"b,", rows[1][2]);
    }

    [Theory]
    [InlineData(TableFormat.Csv)]
    [InlineData(TableFormat.Xlsx)]
    public async Task An_export_is_imported_unchanged(TableFormat format)
    {
        await Import(Workbook.Of([Workbook.Rows(_header, _good, ["V2", "H2", "=1+1", "610101199003071231", "619901001001", "", ""], ["V3", "H3", "'&lt;a&gt;,\"", "110101199003070011", "619901001001", "", ""])]));
        var before = await service.Database.Query<string>("select concat_ws('|', number, name, savings_fen) from villagers order by number");
        Assert.Equal(["V1|示例甲|123450", "V2|=1+1", "V3|'<a>,\""], before);

        var report = await Import(await Download(_client.ExportHouseholds(new() { Purpose = "核对", Format = format })));
        Assert.Equal((3, 0, 0, 3), (report.Unchanged, report.Updated, report.Rejected, report.Rows));
        Assert.Equal(before, await service.Database.Query<string>("select concat_ws('|', number, name, savings_fen) from villagers order by number"));
    }

    [Fact]
    public async Task A_workbook_that_is_written_follows_the_standard_and_other_readers_read_it()
    {
        await Import(Workbook.Of([Workbook.Rows(_header, _good)]));
        var file = await Download(_client.ExportHouseholds(new() { Purpose = "核对", Format = TableFormat.Xlsx }, new Metadata { { "accept-language", "en" } }));
        using (var document = SpreadsheetDocument.Open(new MemoryStream(file), isEditable: false))
        {
            Assert.Empty(new OpenXmlValidator().Validate(document, TestContext.Current.CancellationToken).Select(error => error.Description));
            var sheet = document.WorkbookPart!.WorksheetParts.Single().Worksheet.OuterXml;
            Assert.Contains("state=\"frozen\"", sheet, StringComparison.Ordinal);
            Assert.Contains("<x:formula1>\"示例甲,示例乙\"</x:formula1>", sheet, StringComparison.Ordinal);
        }
        var rows = Rows(file);
        Assert.Equal(["number", "family", "name", "identity_number", "division", "savings", "joined"], rows[0]);
        // Text, so that nothing is lost, but for what is to be summed up.
        Assert.Equal(["V1", "H1", "示例甲", "11010519491231002X", "619901001001", 1234.5, null], Values(file)[1]);
    }

    static List<string[]> Rows(byte[] file) => Values(file).ConvertAll(row => Array.ConvertAll(row, value => value?.ToString() ?? ""));

    /// <summary>A workbook as somebody else reads it.</summary>
    static List<object?[]> Values(byte[] file)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        using var reader = ExcelReaderFactory.CreateOpenXmlReader(new MemoryStream(file));
        var rows = new List<object?[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)]);
        return rows;
    }

    async Task<ImportReport> Import(byte[] file)
    {
        using var call = _client.ImportHouseholds();
        await call.RequestStream.WriteAsync(new() { ImportId = Guid.CreateVersion7().ToString() });
        // The first piece is shorter than what tells a workbook.
        foreach (var piece in (byte[][])[file[..2], .. file[2..].Chunk(64 * 1024)])
            await call.RequestStream.WriteAsync(new() { File = new HttpBody { ContentType = "text/csv", Data = ByteString.CopyFrom(piece) } });
        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }

    static async Task<byte[]> Download(AsyncServerStreamingCall<HttpBody> call)
    {
        using var file = new MemoryStream();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
            part.Data.WriteTo(file);
        return file.ToArray();
    }
}
