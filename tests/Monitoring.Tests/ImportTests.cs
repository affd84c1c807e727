using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

public sealed class ImportTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task Each_malformed_row_is_reported_with_its_reason_and_stops_no_other()
    {
        var report = await monitoring.ImportHouseholds(SampleCounty.MalformedFile, MonitoringFixture.County);
        Assert.Equal((SampleCounty.MalformedRows.Count + 1, 1, SampleCounty.MalformedRows.Count),
            (report.Rows, report.Created, report.Rejected));
        foreach (var ((_, code), line) in SampleCounty.MalformedRows.Select((row, index) => (row, index + 2)))
            Assert.Contains(report.Errors, error => error.Line == line && error.Rule == code);
        Assert.DoesNotContain(report.Errors, error => error.Message.Contains("6199011980", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mended_error_file_is_taken_in_when_it_is_sent_again()
    {
        var good = monitoring.NewPerson();
        string Row(string number) => $"FIX-1,{MonitoringFixture.Village},,,脱贫户,,,,1,1,101,,A,安全,赵例一,{number},户主,初中,,,普通劳动力,居民医保,,是";
        var report = await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader, [Row("619901198001010013")]),
            MonitoringFixture.County);
        Assert.Equal((0, 1, $"/v1/monitoring/imports/{report.ImportId}/errors"), (report.Created, report.Rejected, report.ErrorsUri));

        var errors = await MonitoringFixture.Download(monitoring.Households().GetImportErrors(new GetImportErrorsRequest { ImportId = report.ImportId }));
        Assert.Contains("错误说明", errors, StringComparison.Ordinal);
        var mended = await monitoring.ImportHouseholds(errors.Replace("619901198001010013", good, StringComparison.Ordinal),
            MonitoringFixture.County);
        Assert.Equal((1, 0), (mended.Created, mended.Rejected));
    }

    [Fact]
    public async Task What_clerks_write_is_taken_for_what_they_mean()
    {
        string Row(string household, string origin, string building, string identity, string relation, string health) =>
            $"{household},{MonitoringFixture.Village},,{origin},一 般 户,无,边缘易致贫户,２０２４年３月１日,{building},1,101,,Ｂ级,安全,赵例一,{identity},{relation},,\"{health}\",2,普通劳动力,居民医保,,是";
        static string Wide(string text) => string.Concat(text.Select(character => (char)(character + 0xFEE0)));
        var (first, second) = (monitoring.NewPerson(), monitoring.NewPerson());
        var number = $"Q-{first[^6..]}";
        var report = await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader,
        [
            Row(Wide(number), Wide("619901"), Wide("1"), Wide(first), "户　主", "高血压，糖尿病；大病"), Row(number, "619901", "1", second, "配 偶", "健康"),
        ]), MonitoringFixture.County);
        Assert.Equal((1, 0), (report.Created, report.Rejected));
        var found = await monitoring.Households().LookUpHouseholdAsync(new LookUpHouseholdRequest { IdentityNumber = first });
        var household = await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = found.Household.Id });
        Assert.Equal((number, "619901", "1", DwellingGrade.B, "2024-03-01"),
            (household.Number, household.OriginDivision, household.Building, household.DwellingGrade, household.MonitoredDate));
        Assert.Equal([HealthCondition.SevereIllness, HealthCondition.Hypertension, HealthCondition.Diabetes], household.Members[0].HealthConditions);
        Assert.Empty(household.Members[1].HealthConditions);

        var incomes = await monitoring.ImportIncomes($"户编号,年度,季度,工资性收入\n{number},２０２３,４,１２００.5\n");
        Assert.Equal(1, incomes.Created);
    }

    [Theory]
    [InlineData("边缘易致贫户,2024-04-02", "纳入监测日期", "IN_THE_FUTURE")]
    [InlineData("边缘易致贫户,2024-02-30", "纳入监测日期", "NOT_A_DATE")]
    [InlineData("边缘易致贫户,", "纳入监测日期", "REQUIRED")]
    [InlineData(",2024-03-01", "监测类别", "REQUIRED")]
    public async Task A_monitored_standing_has_a_kind_and_a_day_that_has_come(string standing, string column, string rule)
    {
        var report = await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader,
            [$"S-1,{MonitoringFixture.Village},,,一般户,,{standing},1,1,101,,A,安全,赵例一,{monitoring.NewPerson()},户主,,,,,,,"]), MonitoringFixture.County);
        Assert.Equal([(column, rule)], report.Errors.Select(error => (error.Column, error.Rule)));
    }

    [Fact]
    public async Task What_can_be_chosen_is_listed_in_order_and_in_the_caller_s_language()
    {
        var file = SampleCounty.Csv(SampleCounty.HouseholdHeader,
            [$"S-1,{MonitoringFixture.Village},,,富裕户,,,,1,1,101,,A,安全,赵例一,{monitoring.NewPerson()},户主,,感冒,,,,,"]);
        var report = await monitoring.ImportHouseholds(file, MonitoringFixture.County);
        Assert.Equal(
        [
            "必须是以下之一：脱贫户 / 一般户。", "必须是以下各项，多项用“、”隔开：大病 / 高血压 / 糖尿病 / 结核病 / 严重精神障碍。",
        ], report.Errors.Select(error => error.Message));
    }

    [Fact]
    public async Task One_bad_row_rejects_its_household_and_no_other()
    {
        string Row(string household, string relation, string number) => $"{household},{MonitoringFixture.Village},,,脱贫户,,,,1,1,101,,A,安全,赵例一,{number},{relation},,,,,,,";
        var report = await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader,
        [
            Row("W-1", "户主", monitoring.NewPerson()), Row("W-1", "配偶", "1"), Row("W-2", "户主", monitoring.NewPerson()),
            Row("W-3", "户主", monitoring.NewPerson()), Row("W-3", "户主", monitoring.NewPerson()),
            Row("W-4", "户主", monitoring.NewPerson()), Row("W-4", "配偶", monitoring.NewPerson()).Replace("脱贫户", "一般户",
                StringComparison.Ordinal),
        ]), MonitoringFixture.County);
        Assert.Equal((1, 6), (report.Created, report.Rejected));
        Assert.Equal(Rules.HouseholdRejected.Code, report.Errors.Single(error => error.Line == 2).Rule);
        Assert.Contains(report.Errors, error => error.Rule == Rules.OneHouseholder.Code);
        Assert.Contains(report.Errors, error => error.Rule == Rules.HouseholdSplit.Code && error.Column == "户类别");
    }

    [Fact]
    public async Task What_is_registered_elsewhere_is_refused_without_telling_where()
    {
        var person = monitoring.NewMember();
        var neighbour = await monitoring.Register(new V1.Household(monitoring.NewHousehold(person)) { Division = "619902100001",
            SettlementId = "" });
        var here = await monitoring.Register(monitoring.NewHousehold(monitoring.NewMember()));
        var member = (await monitoring.Households().UnmaskMemberAsync(new UnmaskMemberRequest { HouseholdId = here.Id,
            MemberId = here.Members[0].Id, Purpose = "核对" })).IdentityNumber;
        string Row(string household, string number, string kind = "") =>
            $"{household},{MonitoringFixture.Village},,,脱贫户,,{kind},{(kind.Length > 0 ? "2024-01-01" : "")},1,1,101,,A,安全,赵例一,{number},户主,,,,,,,";

        var report = await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader,
        [
            Row("E-1", person.IdentityNumber), Row(neighbour.Number, monitoring.NewPerson()), Row("E-2", member), Row(here.Number, member,
                "脱贫不稳定户"),
        ]), MonitoringFixture.County);
        Assert.Equal(4, report.Rejected);
        Assert.Equal([Rules.RegisteredElsewhere.Code], Codes(2));
        Assert.Equal([Rules.NumberElsewhere.Code], Codes(3));
        Assert.Contains(Rules.RegisteredAlready.Code, Codes(4));
        Assert.Contains(Rules.StandingStays.Code, Codes(5));
        Assert.DoesNotContain(report.Errors, error => error.Message.Contains("619902",
            StringComparison.Ordinal) || error.Message.Contains(neighbour.Id, StringComparison.Ordinal));

        string[] Codes(int line) => [.. report.Errors.Where(error => error.Line == line).Select(error => error.Rule)];
    }

    [Fact]
    public async Task A_household_about_which_something_is_decided_is_not_moved_by_a_file_nor_does_its_category_change_while_monitored()
    {
        var pending = await monitoring.Register();
        var clue = await monitoring.Report(pending.Id);
        clue = await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = clue.Id, Kind = MonitoredKind.Unstable });
        var monitored = await monitoring.Monitored();
        var exits = new ExitCase(monitoring);
        var leaving = await exits.Ready();
        await exits.UpTo("village_verification", leaving);

        var report = await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader,
        [
            await Row(pending, "619901001002", "脱贫户"), await Row(monitored, MonitoringFixture.Village, "一般户"), await Row(leaving, "619901001002", "脱贫户"),
        ]));
        Assert.Equal([Rules.MovesAlone.Code, Rules.KindFits.Code, Rules.MovesAlone.Code], report.Errors.OrderBy(error => error.Line).Select(error => error.Rule));
        await monitoring.ActToTheEnd(clue.ProcedureId, Outcome.Reject);
        report = await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader, [await Row(pending, "619901001002", "脱贫户")]));
        Assert.Equal(1, report.Updated);
        var ended = await monitoring.Procedures("619901001002").GetProcedureAsync(new GetProcedureRequest { ProcedureId = clue.ProcedureId });
        Assert.Equal((ProcedureState.Rejected, 3), (ended.State, ended.Acts.Count));

        async Task<string> Row(V1.Household household, string division, string category)
        {
            var unmasked = await monitoring.Households().UnmaskMemberAsync(new UnmaskMemberRequest { HouseholdId = household.Id,
                MemberId = household.Members[0].Id, Purpose = "核对" });
            return $"{household.Number},{division},{household.SettlementId},,{category},,,,,,,,A,安全,{unmasked.Name},{unmasked.IdentityNumber},户主,,,,普通劳动力,居民医保,,是";
        }
    }

    [Fact]
    public async Task An_export_is_read_back_unchanged()
    {
        await monitoring.Register(monitoring.NewHousehold(monitoring.NewMember(), monitoring.NewMember(Relation.Spouse)));
        await monitoring.Monitored();
        var file = await MonitoringFixture.Download(monitoring.Households().ExportHouseholds(new ExportHouseholdsRequest { Purpose = "季度核对" }));
        var report = await monitoring.ImportHouseholds(file, MonitoringFixture.County);
        Assert.Equal((0, 0, 0), (report.Created, report.Updated, report.Rejected));
        Assert.True(report.Unchanged >= 2);
        Assert.DoesNotContain(",619902", file, StringComparison.Ordinal);
    }

    const string BirthHeader = "户编号,现居行政区划,户类别,姓名,身份证号码,与户主关系,出生医学证明编号,出生日期,性别";

    [Theory]
    [InlineData(TableFormat.Csv)]
    [InlineData(TableFormat.Xlsx)]
    public async Task A_newborn_without_identity_number_goes_out_and_comes_in_unchanged(TableFormat format)
    {
        var number = $"BORN-{format}";
        var taken = await monitoring.ImportHouseholds(
            $"{BirthHeader}\n{number},{MonitoringFixture.Village},脱贫户,赵例一,{monitoring.NewPerson()},户主,,,\n" +
            $"{number},{MonitoringFixture.Village},脱贫户,赵例宝,,女儿,q61000010{(int)format},2024-03-20,女\n", MonitoringFixture.County);
        Assert.Equal((1, 0), (taken.Created, taken.Rejected));
        var household = Assert.Single((await monitoring.Households().ListHouseholdsAsync(new ListHouseholdsRequest { Number = number })).Households);
        household = await monitoring.Households().AddMemberAsync(new AddMemberRequest
        {
            HouseholdId = household.Id, MemberId = MonitoringFixture.NewId(),
            Member = new V1.Member { Name = "赵例贝", BirthCertificateNumber = $"Q61000020{(int)format}", BirthDate = "2024-03-21", Gender = V1.Gender.Male, Relation = Relation.Son },
        });
        Assert.Equal([("2024-05-01", "monitoring.newborn_identity.days"), ("2024-05-01", "monitoring.newborn_identity.days")],
            household.Members.Where(member => member.BirthCertificateNumber.Length > 0).Select(member => (member.IdentityDueDate, member.IdentityDueCitation.PolicyId)));

        monitoring.Clock.Advance(TimeSpan.FromDays(1));
        var file = await MonitoringFixture.DownloadFile(monitoring.Households().ExportHouseholds(new ExportHouseholdsRequest { Purpose = "季度核对", Format = format }));
        var again = await monitoring.ImportHouseholds(file, MonitoringFixture.County);
        monitoring.Clock.Advance(TimeSpan.FromDays(-1));
        Assert.Equal((0, 0, 0), (again.Created, again.Updated, again.Rejected));
        Assert.Equal(household, await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id }));
    }

    [Theory]
    [InlineData(",Q61000030,2024-03-20,女", "NOT_A_BIRTH_CERTIFICATE")]
    [InlineData(",1610000300,2024-03-20,女", "NOT_A_BIRTH_CERTIFICATE")]
    [InlineData("619901198001010013,Q610000300,2024-03-20,女", "EITHER_NUMBER")]
    [InlineData(",Q610000300,2024-04-02,女", "IN_THE_FUTURE")]
    [InlineData(",Q610000300,1995-12-31,女", "BEFORE_CERTIFICATES")]
    [InlineData(",Q610000300,,女", "REQUIRED")]
    [InlineData(",Q610000300,2024-03-20,", "REQUIRED")]
    [InlineData(",,2024-03-20,女", "REQUIRED")]
    [InlineData(",Q610000399,2024-03-20,男", "MON-01.certificate_agrees")]
    [InlineData(",Q610000399,2024-03-21,女", "MON-01.certificate_agrees")]
    public async Task A_birth_in_a_file_is_as_its_certificate_has_it(string cells, string code)
    {
        string File(string newborn)
        {
            var (identity, certificate) = (newborn.Split(',')[0], newborn[newborn.IndexOf(',', StringComparison.Ordinal)..]);
            return $"{BirthHeader}\nBORN-1,{MonitoringFixture.Village},脱贫户,赵例一,{SampleCounty.Identity(700_001, 1980, male: true)},户主,,,\n" +
                $"BORN-1,{MonitoringFixture.Village},脱贫户,赵例宝,{identity},女儿{certificate}\n";
        }
        Assert.Equal(0, (await monitoring.ImportHouseholds(File(",Q610000399,2024-03-20,女"), MonitoringFixture.County)).Rejected);
        var report = await monitoring.ImportHouseholds(File(cells), MonitoringFixture.County);
        Assert.Contains(report.Errors, error => error.Line == 3 && error.Rule == code);
    }

    [Fact]
    public async Task An_export_is_on_record_before_its_first_row_leaves()
    {
        await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader, SampleCounty.HouseholdRows(3_000)));
        using var call = monitoring.Households().ExportHouseholds(new ExportHouseholdsRequest { Purpose = "中断的下载" });
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        // The file is longer than what the connection buffers, so the export still runs; it breaks off here.
        Assert.Equal([1L], await monitoring.Database.Query<long>("select count(*) from audit where purpose = '中断的下载'"));
    }

    [Fact]
    public async Task Malformed_incomes_are_reported()
    {
        var household = await monitoring.Register();
        var report = await monitoring.ImportIncomes(SampleCounty.Csv(SampleCounty.IncomeHeader,
        [
            $"{household.Number},2024,2,1,,,,,,", $"{household.Number},2023,4,1,,,,,1,2", "NOBODY,2023,4,1,,,,,,", $"{household.Number},2023,1,1,,,,,,", $"{household.Number},2023,1,2,,,,,,",
            $"{household.Number},2023,5,1,,,,,,", $"{household.Number},2023,2,1.005,,,,,,", $"{household.Number},2023,3,-1,,,,,,",
        ]));
        Assert.Equal((0, 8), (report.Created, report.Rejected));
        Assert.Equal(
            [Rules.QuarterOver.Code, Rules.MedicalIsRigid.Code, Rules.UnknownHousehold.Code, Rules.QuarterTwice.Code,
                Rules.QuarterTwice.Code, "OUT_OF_RANGE", "NOT_AN_AMOUNT", "NOT_AN_AMOUNT"],
            report.Errors.Select(error => error.Rule));
    }

    [Fact]
    public async Task Nobody_reads_the_errors_of_an_import_of_another_division()
    {
        var report = await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader,
            [SampleCounty.MalformedRows[0].Row]), MonitoringFixture.County);
        var call = monitoring.Households(MonitoringFixture.Neighbour).GetImportErrors(new GetImportErrorsRequest { ImportId = report.ImportId });
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => MonitoringFixture.Download(call))).StatusCode);
    }
}
