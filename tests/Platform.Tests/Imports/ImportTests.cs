using System.Text;
using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Platform.Tests.Imports;

public sealed class ImportTests(VillagersFixture service) : IClassFixture<VillagersFixture>, IAsyncLifetime
{
    const string Header = "编号,户编号,姓名,身份证号,行政区划,存款,加入日期";
    const string Good = """
        编号,户编号,姓名,身份证号,行政区划,存款,加入日期
        V1,H1,示例甲,11010519491231002X,619901001001,"1,234.50",2024/3/9
        V2,H1,示例乙,610101199003071231,619901001001,,
        V3,H2,"示例,丙",110105491231002,619901001002,0.01,20240309

        """;

    readonly Households.HouseholdsClient _client = new(service.As("619901", "households.import", "households.export", "imports.read"));

    public async ValueTask InitializeAsync() => await service.Database.Execute("truncate villagers, outbox");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_good_file_is_taken_in_and_counted()
    {
        var report = await Import(Good);
        Assert.Equal((3, 3, 0, 0, 0), (report.Rows, report.Created, report.Updated, report.Unchanged, report.Rejected));
        Assert.Empty(report.ErrorsUri);
        Assert.Equal(["示例甲 123450", "示例乙 ", "示例,丙 1"],
            await service.Database.Query<string>("select concat(name, ' ', savings_fen) from villagers order by number"));
        Assert.Equal(3, (await service.Events()).Count);
    }

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("GB18030", false)]
    public async Task Encodings_that_spreadsheets_write_are_read(string encoding, bool mark)
    {
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding(encoding)?.GetBytes(Good)
            ?? Encoding.UTF8.GetBytes(mark ? $"\uFEFF{Good}" : Good);
        var report = await Import(bytes);
        Assert.Equal(3, report.Created);
        Assert.Equal("示例甲", (await service.Database.Query<string>("select name from villagers order by number"))[0]);
    }

    [Fact]
    public async Task Columns_come_in_any_order_and_in_either_language_and_optional_ones_may_lack()
    {
        var report = await Import("Division,姓名,identity_number,number,family\n619901001001,示例,11010519491231002X,V1,H1\n");
        Assert.Equal(1, report.Created);
    }

    [Fact]
    public async Task A_file_that_comes_in_many_small_pieces_is_the_same_file()
    {
        var whole = await Import(Good);
        var pieces = await Import(Encoding.UTF8.GetBytes(Good), pieceSize: 7);
        Assert.Equal((whole.Rows, whole.Created), (pieces.Rows, pieces.Unchanged));
    }

    [Fact]
    public async Task Bad_rows_are_reported_by_line_and_column_and_good_rows_are_taken_in()
    {
        var report = await Import($"""
            {Header}
            V1,H1,"示例
            换行",11010519491231002X,619901001001,,
            V2,H2,示例,110105194912310021,619901001001,,

            V3,H3,示例,11010519491231002X,619902001001,-1,2024-02-30
            ,,,,,,
            V4,H4,示例,11010519491231002X,619901001001,,
            V4,H5,示例,11010519491231002X,619901001001,,
            V6,H6,示例,11010519491231002X,619901001001,,,多
            V7,H7,"示"例,11010519491231002X,619901001001,,
            """);
        Assert.Equal((7, 1, 6), (report.Rows, report.Created, report.Rejected));
        Assert.Equal(
            [
                (2, "姓名", "CONTROL_CHARACTER"), (4, "身份证号", "IDENTITY_NUMBER_CHECKSUM"), (6, "行政区划", "OUT_OF_SCOPE"),
                (6, "存款", "NOT_AN_AMOUNT"), (6, "加入日期", "NOT_A_DATE"), (9, "编号", "VILLAGER_TWICE"), (10, "", "TOO_MANY_CELLS"),
                    (11, "", "MALFORMED_QUOTES"),
            ],
            report.Errors.Select(error => (error.Line, error.Column, error.Rule)));
        Assert.All(report.Errors, error => Assert.DoesNotContain("110105", error.Message, StringComparison.Ordinal));
        Assert.Equal($"/v1/platform/imports/{report.ImportId}/errors", report.ErrorsUri);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_may_reject_the_rows_that_belong_to_it()
    {
        var report = await Import($"""
            {Header}
            V1,H1,示例,11010519491231002X,619901001001,,
            V2,H1,示例,1,619901001001,,
            V3,H2,示例,11010519491231002X,619901001001,,
            """);
        Assert.Equal((1, 2), (report.Created, report.Rejected));
        Assert.Equal([(2, "FAMILY"), (3, "IDENTITY_NUMBER_FORM")], report.Errors.Select(error => (error.Line, error.Rule)));
    }

    [Fact]
    public async Task The_error_file_is_mended_and_sent_again_until_nothing_is_left()
    {
        var report = await Import($"""
            {Header}
            V1,H1,"示,例",1,619901001001,,
            V2,H2,示例,11010519491231002X,9,
            V3,H3,示例,11010519491231002X,619901001001,,
            """);
        var errors = await Errors(report.ImportId);
        Assert.StartsWith($"\uFEFF{Header},错误说明\r\nV1,H1,\"示,例\",1,619901001001,,,身份证号：", errors, StringComparison.Ordinal);
        // The short row was padded, so that its note stands under its heading.
        Assert.Contains("\r\nV2,H2,示例,11010519491231002X,9,,,行政区划：", errors, StringComparison.Ordinal);

        var again = await Import(errors.Replace(",1,", ",11010519491231002X,", StringComparison.Ordinal));
        Assert.Equal((1, 1), (again.Created, again.Rejected));
        errors = await Errors(again.ImportId);
        Assert.StartsWith($"\uFEFF{Header},错误说明\r\nV2,H2,示例,11010519491231002X,9,,,行政区划：", errors, StringComparison.Ordinal);

        again = await Import(errors.Replace(",9,", ",619901001001,", StringComparison.Ordinal));
        Assert.Equal((1, 0), (again.Created, again.Rejected));
        Assert.Equal(3, (await service.Database.Query<string>("select number from villagers")).Count);
    }

    [Fact]
    public async Task Errors_come_in_the_callers_language_with_the_files_own_headings()
    {
        var english = new Metadata { { "accept-language", "en" } };
        var report = await Import(Encoding.UTF8.GetBytes("number,family,name,identity_number,division\nV1,H1,x,1,619901001001\n"),
            headers: english);
        Assert.Equal("identity_number", Assert.Single(report.Errors).Column);
        Assert.Contains("18 characters", report.Errors[0].Message, StringComparison.Ordinal);
        Assert.Contains(",errors\r\n", await Errors(report.ImportId, english), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_id_and_file_again_answers_the_same_and_changes_nothing()
    {
        var id = Guid.CreateVersion7().ToString();
        var first = await Import(Good, id);
        var again = await Import(Good, id);
        Assert.Equal(first, again);
        Assert.Equal(3, (await service.Events()).Count);
    }

    [Fact]
    public async Task The_same_file_under_another_id_finds_everything_unchanged()
    {
        await Import(Good);
        var again = await Import(Good);
        Assert.Equal((0, 0, 3), (again.Created, again.Updated, again.Unchanged));
    }

    [Fact]
    public async Task The_same_id_with_another_file_is_refused_naming_the_field()
    {
        var id = Guid.CreateVersion7().ToString();
        await Import(Good, id);
        var error = await Assert.ThrowsAsync<RpcException>(() => Import(Good + "\n", id));
        Assert.Equal(StatusCode.AlreadyExists, error.StatusCode);
        Assert.Contains("file", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_tells_the_same_and_keeps_nothing_and_its_id_may_be_used_for_the_real_one()
    {
        var id = Guid.CreateVersion7().ToString();
        var bad = Good + "V9,H9,示例,1,619901001001,,\n";
        var dry = await Import(bad, id, dryRun: true);
        Assert.True(dry.DryRun);
        Assert.Equal((4, 3, 1), (dry.Rows, dry.Created, dry.Rejected));
        Assert.Empty(await service.Database.Query<string>("select number from villagers"));
        Assert.Empty(await service.Events());
        Assert.Contains("V9", await Errors(id), StringComparison.Ordinal);

        var real = await Import(bad, id);
        Assert.False(real.DryRun);
        Assert.Equal((dry.Rows, dry.Created, dry.Rejected), (real.Rows, real.Created, real.Rejected));
        Assert.Equal(3, (await service.Database.Query<string>("select number from villagers")).Count);
    }

    [Fact]
    public async Task Unknown_missing_and_repeated_columns_are_all_named_and_nothing_is_taken_in()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => Import("编号,编号,姓名,手机\nV1,V1,示例,1\n"));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        foreach (var named in (string[])["手机", "户编号", "身份证号", "行政区划", "编号"])
            Assert.Contains($"“{named}”", error.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("缺少列“存款”", error.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "缺少列")]
    [InlineData("PK\u0003\u0004", "CSV UTF-8")]
    [InlineData("编号,\"户编号\n1,2\n", "双引号没有结束")]
    public async Task A_file_that_cannot_be_read_is_refused_with_the_remedy(string text, string remedy)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => Import(text));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains(remedy, error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_neither_encoding_are_refused()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => Import([.. Encoding.UTF8.GetBytes(Good), 0xFF, 0xFF, 0x0A]));
        Assert.Contains("CSV UTF-8", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_without_end_is_refused_before_it_fills_the_memory()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => Import($"{Header}\nV1,{new string('x', 300_000)}\n"));
        Assert.Contains("第 2 行", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rejected_rows_lie_sealed_and_are_seen_only_by_who_sent_them_within_their_division()
    {
        var report = await Import($"{Header}\nV1,H1,示例,11010519491231002X,9,,\n");
        var stored = await service.Database.Query<byte[]>($"select row from import_rejects where import_id = '{report.ImportId}'");
        Assert.True(Assert.Single(stored).AsSpan().IndexOf("110105"u8) < 0);

        foreach (var other in (CallInvoker[])[service.As("619902", "imports.read"), service.AsNamed("colleague", "619901", "imports.read")])
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => Read(new Households.HouseholdsClient(other).GetImportErrors(new() { ImportId = report.ImportId })));
            Assert.Equal(StatusCode.NotFound, error.StatusCode);
        }
    }

    [Fact]
    public async Task Errors_are_on_record_before_the_first_row_leaves()
    {
        var report = await Import($"{Header}\n{string.Concat(Enumerable.Repeat("V1,H1,示例,11010519491231002X,9,,\n", 20_000))}");
        using var call = _client.GetImportErrors(new() { ImportId = report.ImportId });
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        // The file is longer than what the connection buffers, so it is still being written; the caller breaks off here.
        Assert.Equal([1L], await service.Database.Query<long>($"select count(*) from audit where action like '%GetImportErrors' and subjects = array['{report.ImportId}']"));
    }

    [Fact]
    public async Task An_export_is_imported_unchanged_and_runs_no_formula()
    {
        await Import($"""
            {Header}
            V1,H1,'=cmd(),11010519491231002X,619901001001,1.5,
            V2,H2,"'甲""乙,",11010519491231002X,619901001001,,
            """);
        Assert.Equal(["=cmd()", "'甲\"乙,"], await service.Database.Query<string>("select name from villagers order by number"));
        var export = await Read(_client.ExportHouseholds(new() { Purpose = "test" }));
        Assert.Contains(",'=cmd(),", export, StringComparison.Ordinal);
        var again = await Import(export);
        Assert.Equal((2, 0), (again.Unchanged, again.Rejected));
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        using var call = _client.ImportHouseholds();
        await call.RequestStream.WriteAsync(new() { ImportId = Guid.CreateVersion7().ToString(),
            File = new HttpBody { Data = ByteString.CopyFromUtf8(Good) } });
        call.Dispose();
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Empty(await service.Database.Query<string>("select number from villagers"));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_upload_that_takes_its_time_holds_no_transaction_open()
    {
        using var call = _client.ImportHouseholds();
        await call.RequestStream.WriteAsync(new() { ImportId = Guid.CreateVersion7().ToString() });
        await call.RequestStream.WriteAsync(new() { File = new HttpBody { Data = ByteString.CopyFromUtf8(string.Concat(Enumerable.Repeat(Good, 2_000))) } });
        // Feeds, audit and vacuum wait for every open transaction of the server.
        await Until("select exists (select from pg_class where relname = 'staged')");
        await Until("select not exists (select from pg_stat_activity where datname = current_database() and usename = 'test_platform' and xact_start is not null)");
        await call.RequestStream.CompleteAsync();
        Assert.Equal(3, (await call).Created);

        async Task Until(string condition)
        {
            while (!(await service.Database.Query<bool>(condition))[0])
                await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    Task<ImportReport> Import(string text, string? id = null, bool dryRun = false) => Import(Encoding.UTF8.GetBytes(text), id, dryRun);

    async Task<ImportReport> Import(byte[] file, string? id = null, bool dryRun = false, int pieceSize = 64 * 1024,
        Metadata? headers = null)
    {
        using var call = _client.ImportHouseholds(headers);
        await call.RequestStream.WriteAsync(new() { ImportId = id ?? Guid.CreateVersion7().ToString(), DryRun = dryRun });
        foreach (var piece in file.Chunk(pieceSize))
            await call.RequestStream.WriteAsync(new() { File = new HttpBody { Data = ByteString.CopyFrom(piece) } });
        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }

    Task<string> Errors(string importId, Metadata? headers = null) => Read(_client.GetImportErrors(new() { ImportId = importId }, headers));

    static async Task<string> Read(AsyncServerStreamingCall<HttpBody> call)
    {
        using (call)
        {
            var text = new StringBuilder();
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
                text.Append(call.ResponseStream.Current.Data.ToStringUtf8());
            return text.ToString();
        }
    }
}
