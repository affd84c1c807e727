using System.Text;
using Governance.Common.V1;
using Governance.Organizations.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Organizations.Tests;

public sealed class DivisionsTests(OrganizationsFixture service) : IClassFixture<OrganizationsFixture>
{
    [Fact]
    public async Task Everybody_signed_in_reads_every_division_with_its_level()
    {
        var divisions = (await service.Divisions(OrganizationsFixture.Village).ListDivisionsAsync(new() { Within = "6199" })).Divisions;
        Assert.Equal(["6199", "619901", "619901001"], divisions.Take(3).Select(division => division.Code));
        Assert.Equal([Level.City, Level.County, Level.Township, Level.Village], divisions.Take(4).Select(division => division.Level));
        Assert.Equal("邻县", (await service.Divisions(OrganizationsFixture.Village).GetDivisionAsync(new() { Code = "619902" })).Name);
    }

    [Fact]
    public async Task Divisions_are_found_by_level_and_name_page_by_page()
    {
        var client = service.Divisions();
        var counties = await client.ListDivisionsAsync(new() { Level = Level.County, Within = "6199", PageSize = 1 });
        Assert.Equal("619901", counties.Divisions.Single().Code);
        var next = await client.ListDivisionsAsync(new()
        {
            Level = Level.County, Within = "6199", PageSize = 1, PageToken = counties.NextPageToken,
        });
        Assert.Equal("619902", next.Divisions.Single().Code);
        Assert.Equal("", next.NextPageToken);
        Assert.Equal(["619901001001"],
            (await client.ListDivisionsAsync(new() { Name = "甲一" })).Divisions.Select(division => division.Code));
    }

    [Fact]
    public async Task A_division_that_does_not_exist_is_not_found() =>
        await Refused.With(StatusCode.NotFound, () => service.Divisions().GetDivisionAsync(new() { Code = "619999" }));

    [Fact]
    public async Task A_code_of_another_form_is_refused_by_field()
    {
        await Refused.ForFields(() => service.Divisions().GetDivisionAsync(new() { Code = "61990" }), "code");
        await Refused.ForFields(() => service.Divisions().ListDivisionsAsync(new() { Within = "x" }), "within");
    }

    [Fact]
    public async Task The_same_list_again_changes_nothing_and_a_new_name_is_told_once()
    {
        const string List = "区划代码,名称\n6198,重复市\n619801,重复县\n";
        Assert.Equal((2, 0, 0), Counts(await service.Import(List)));
        Assert.Equal((0, 0, 2), Counts(await service.Import(List)));
        var report = await service.Import("name,code\n重复市,6198\n改名县,619801\n");
        Assert.Equal((0, 1, 1), Counts(report));

        var told = (await service.Events("governance.organizations.v1.DivisionChanged"))
            .FindAll(told => told.GetProperty("subject").GetString() == "619801");
        Assert.Equal(["重复县", "改名县"], told.Select(told => told.GetProperty("data").GetProperty("name").GetString()));
        Assert.Equal(["1", "2"], told.Select(told => told.GetProperty("sequence").GetString()));
        Assert.Equal(2, (await service.Divisions().GetDivisionAsync(new() { Code = "619801" })).Version);
    }

    [Fact]
    public async Task The_same_import_id_answers_with_the_same_report()
    {
        var id = OrganizationsFixture.NewId();
        const string List = "区划代码,名称\n6197,一次市\n";
        var first = await service.Import(List, id);
        Assert.Equal(first, await service.Import(List, id));
        await Refused.AsTaken("file", () => service.Import("区划代码,名称\n6197,别的市\n", id));
    }

    [Fact]
    public async Task A_dry_run_reports_and_changes_nothing()
    {
        var events = (await service.Events()).Count;
        var report = await service.Import("区划代码,名称\n6196,试导市\n", dryRun: true);
        Assert.True(report.DryRun);
        Assert.Equal((1, 0, 0), Counts(report));
        await Refused.With(StatusCode.NotFound, () => service.Divisions().GetDivisionAsync(new() { Code = "6196" }));
        Assert.Equal(events, (await service.Events()).Count);
    }

    [Fact]
    public async Task Wrong_rows_are_reported_by_line_and_rule_and_the_right_ones_are_taken()
    {
        var report = await service.Import(
            """
            区划代码,名称,城乡分类代码
            6195,好市,
            61950,长度不对,
            6195,重复市,
            619501,好县,
            619499001,没有上级,
            619501001,类别不对,999
            6201,外省市,
            619502,,
            619501001001,上级被拒,220

            """);
        Assert.Equal((2, 0, 0), Counts(report));
        Assert.Equal(7, report.Rejected);
        Assert.Equal(
            [
                "3 NOT_A_DIVISION", "4 DIVISION.once", "6 DIVISION.parent", "7 DIVISION.urban_rural_class", "8 OUT_OF_SCOPE",
                "9 REQUIRED", "10 DIVISION.parent",
            ],
            report.Errors.Select(error => $"{error.Line} {error.Rule}"));
        Assert.Equal("好县", (await service.Divisions().GetDivisionAsync(new() { Code = "619501" })).Name);
    }

    [Fact]
    public async Task The_error_file_holds_the_rejected_rows_and_can_be_mended_and_sent_again()
    {
        var report = await service.Import("区划代码,名称,城乡分类代码\n6194,好市,\n619401,坏县,999\n");
        Assert.Equal($"/v1/organizations/imports/{report.ImportId}/errors", report.ErrorsUri);
        var file = await ErrorFile(report.ImportId, OrganizationsFixture.Province);
        Assert.Contains("619401,坏县,999", file, StringComparison.Ordinal);
        Assert.DoesNotContain("好市", file, StringComparison.Ordinal);

        var mended = await service.Import(file.Replace(",999", ",220", StringComparison.Ordinal));
        Assert.Equal((1, 0, 0), Counts(mended));
        Assert.Equal("220", (await service.Divisions().GetDivisionAsync(new() { Code = "619401" })).UrbanRuralClass);
    }

    [Fact]
    public async Task The_error_file_of_another_division_is_not_found()
    {
        var report = await service.Import("区划代码,名称\n1,坏\n");
        await Refused.With(StatusCode.NotFound, () => ErrorFile(report.ImportId, "62"));
    }

    [Theory]
    [InlineData("6199")]
    [InlineData("619901")]
    [InlineData("619901001001")]
    public async Task Only_the_province_imports(string division) =>
        await Refused.By("DIVISION.province", () => service.Import("区划代码,名称\n6193,某市\n", division: division));

    [Fact]
    public async Task A_file_with_unknown_columns_is_refused_as_a_whole() =>
        await Refused.ForFields(() => service.Import("代码,名称\n6193,某市\n"), "file", "file");

    [Fact]
    public async Task The_database_keeps_the_form_of_codes_too()
    {
        var broken = await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            service.Database.Execute("insert into divisions (code, name, urban_rural_class, version) values ('619', '坏', '', 1)"));
        Assert.Equal("DIVISION.code", broken.ConstraintName);
    }

    async Task<string> ErrorFile(string import, string division)
    {
        using var call = service.Divisions(division).GetImportErrors(new GetImportErrorsRequest { ImportId = import });
        var file = new StringBuilder();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
            file.Append(part.Data.ToStringUtf8());
        return file.ToString();
    }

    static (int Created, int Updated, int Unchanged) Counts(ImportReport report) => (report.Created, report.Updated, report.Unchanged);
}
