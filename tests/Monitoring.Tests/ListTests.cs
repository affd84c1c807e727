using System.Text;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Department lists: registered, uploaded, matched, erased.</summary>
public sealed class ListTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task A_list_is_registered_once_with_the_day_on_which_it_is_erased()
    {
        var request = new RegisterListRequest
        {
            DepartmentListId = MonitoringFixture.NewId(),
            List = new V1.DepartmentList { Kind = ListKind.Pension, Department = "示例人社局", ReferenceDate = "2024-03-31" },
        };
        var list = await monitoring.Lists().RegisterListAsync(request);
        Assert.Equal(("2025-04-01", "365d", "tester", MonitoringFixture.County), (list.KeepUntil, list.KeepCitation.Value, list.RegistrantName, list.Division));
        Assert.Equal(list, await monitoring.Lists().RegisterListAsync(request));
        Assert.Equal(list, await monitoring.Lists().GetListAsync(new GetListRequest { DepartmentListId = list.Id }));
        Assert.Single(await monitoring.Events("governance.monitoring.v1.ListRegistered"), @event => @event.GetProperty("subject").GetString() == list.Id);

        request.List.Department = "示例公安局";
        var refused = await Assert.ThrowsAsync<RpcException>(() => monitoring.Lists().RegisterListAsync(request).ResponseAsync);
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"), MonitoringFixture.Refused(refused));
        Assert.StartsWith("部门名单已存在", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Contains(list, (await monitoring.Lists().ListListsAsync(new ListListsRequest { Kind = ListKind.Pension })).Lists);
        Assert.DoesNotContain(list, (await monitoring.Lists().ListListsAsync(new ListListsRequest { Kind = ListKind.Land })).Lists);
    }

    [Theory]
    [InlineData("x", ListKind.Vehicle, "示例局", "2024-03-31", "NOT_A_UUID")]
    [InlineData("", (ListKind)99, "示例局", "2024-03-31", "NOT_A_CHOICE")]
    [InlineData("", ListKind.Vehicle, " ", "2024-03-31", "REQUIRED")]
    [InlineData("", ListKind.Vehicle, "示例局", "2024-02-30", "NOT_A_DATE")]
    [InlineData("", ListKind.Vehicle, "示例局", "2024-04-02", "IN_THE_FUTURE")]
    public async Task A_malformed_list_is_refused(string id, ListKind kind, string department, string date, string reason) =>
        Assert.Equal((StatusCode.InvalidArgument, reason), await MonitoringFixture.Refused(monitoring.Lists().RegisterListAsync(new RegisterListRequest
        {
            DepartmentListId = id.Length == 0 ? MonitoringFixture.NewId() : id,
            List = new V1.DepartmentList { Kind = kind, Department = department, ReferenceDate = date },
        })));

    [Fact]
    public async Task Rows_that_match_somebody_of_the_county_become_verifications_and_nothing_else_is_kept()
    {
        var (here, neighbour) = (monitoring.NewMember(), monitoring.NewMember());
        var household = await monitoring.Register(monitoring.NewHousehold(here));
        await monitoring.Register(new V1.Household(monitoring.NewHousehold(neighbour)) { Division = ListsFixture.NeighbourVillage, SettlementId = "" });
        var list = await monitoring.RegisterList();
        var report = await monitoring.Upload(list.Id,
            $"{here.IdentityNumber},{here.Name},示A10001,2014-05-01,80000,小型轿车",
            $"{neighbour.IdentityNumber},{neighbour.Name},示A10002,2014-05-01,80000,小型轿车",
            $"{monitoring.NewPerson()},无名,示A10003,2014-05-01,80000,小型轿车");
        Assert.Equal((3, 1, 0, 0, 0), (report.Rows, report.Created, report.Updated, report.Unchanged, report.Rejected));
        var matched = Assert.Single(await monitoring.Events("governance.monitoring.v1.ListMatched"), @event => @event.GetProperty("subject").GetString() == list.Id);
        Assert.Equal(1, matched.GetProperty("data").GetProperty("created").GetInt32());

        await monitoring.Assign(list.Id);
        var verification = Assert.Single(await monitoring.Assigned(list.Id));
        Assert.Equal((household.Id, household.Members[0].Id, VerificationState.Pending, false),
            (verification.HouseholdId, verification.MemberId, verification.State, verification.NameDiffers));
        // What is kept is sealed.
        Assert.Equal([1L], await monitoring.Database.Query<long>($"select count(*) from verification_facts where list_id = '{list.Id}' and encode(row, 'escape') not like '%A10001%'"));
    }

    [Fact]
    public async Task Numbers_are_read_however_a_department_writes_them()
    {
        var plain = monitoring.NewMember();
        var old = monitoring.NewMember(year: 1955);
        var withX = monitoring.NewMember();
        while (!withX.IdentityNumber.EndsWith('X'))
            withX.IdentityNumber = monitoring.NewPerson();
        var household = monitoring.NewHousehold(plain, old, withX);
        (household.Members[1].Relation, household.Members[2].Relation) = (Relation.Spouse, Relation.Son);
        await monitoring.Register(household);
        var wide = string.Concat(plain.IdentityNumber.Select(digit => (char)(digit + 0xFEE0)));
        var list = await monitoring.RegisterList();
        var report = await monitoring.Upload(list.Id,
            $" {wide}　,,示A1,,,", $"{old.IdentityNumber[..6]}{old.IdentityNumber[8..17]},,示A2,,,", $"{withX.IdentityNumber.ToLowerInvariant()},别名,示A3,,,",
            "619901198001010013,,示A4,,,", "61990119801301001X,,示A5,,,", "12345,,示A6,,,", ",,示A7,,,",
            $"{plain.IdentityNumber},,示A8,昨天,,", $"{plain.IdentityNumber},,示A9,,一万,");
        Assert.Equal((9, 3, 6), (report.Rows, report.Created, report.Rejected));
        Assert.Equal(["IDENTITY_NUMBER_CHECKSUM", "IDENTITY_NUMBER_BIRTH", "IDENTITY_NUMBER_FORM", "REQUIRED", "NOT_A_DATE", "NOT_AN_AMOUNT"],
            report.Errors.Select(error => error.Rule));
        Assert.DoesNotContain(report.Errors, error => error.Message.Contains("61990119", StringComparison.Ordinal));

        await monitoring.Assign(list.Id);
        Assert.Single(await monitoring.Assigned(list.Id), verification => verification.NameDiffers);
    }

    [Fact]
    public async Task A_file_in_the_encoding_of_chinese_spreadsheets_is_read()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var member = monitoring.NewMember();
        await monitoring.Register(monitoring.NewHousehold(member));
        var list = await monitoring.RegisterList();
        var file = Encoding.GetEncoding("GB18030").GetBytes(SampleCounty.Csv(ListsFixture.Header, [$"{member.IdentityNumber},{member.Name},示A20001,2014年5月1日,80000,小型轿车"]));
        Assert.Equal(1, (await monitoring.Upload(list.Id, file)).Created);
        await monitoring.Assign(list.Id);
        Assert.False(Assert.Single(await monitoring.Assigned(list.Id)).NameDiffers);
    }

    [Fact]
    public async Task An_asset_that_is_listed_twice_counts_once_and_a_contradiction_is_a_fault()
    {
        var member = monitoring.NewMember();
        await monitoring.Register(monitoring.NewHousehold(member));
        var list = await monitoring.RegisterList();
        string Row(string asset, string description) => $"{member.IdentityNumber},,{asset},2014-05-01,,{description}";
        var report = await monitoring.Upload(list.Id, Row("示A·30001", "轿车"), Row("示Ａ30001", "轿车"), Row("示a 30001", "卡车"), Row("示A30002", "卡车"));
        Assert.Equal((4, 2, 1), (report.Rows, report.Created, report.Rejected));
        Assert.Equal((4, Rules.AssetTwice.Code, "资产标识"), (report.Errors[0].Line, report.Errors[0].Rule, report.Errors[0].Column));
    }

    [Fact]
    public async Task What_was_verified_is_asked_again_only_when_a_list_says_something_new()
    {
        var member = monitoring.NewMember();
        await monitoring.Register(monitoring.NewHousehold(member));
        string Row(string date) => $"{member.IdentityNumber},{member.Name},示A40001,{date},80000,小型轿车";
        var first = await monitoring.RegisterList();
        await monitoring.Upload(first.Id, Row("2014-05-01"));
        await monitoring.Assign(first.Id);
        var verification = Assert.Single(await monitoring.Assigned(first.Id));
        await monitoring.Check(verification.Id, new V1.Finding { Reason = "车辆已于三年前报废" });

        var second = await monitoring.RegisterList();
        var again = await monitoring.Upload(second.Id, Row("2014-05-01"));
        Assert.Equal((0, 0, 1), (again.Created, again.Updated, again.Unchanged));
        Assert.Equal(VerificationState.Checked, Assert.Single(await monitoring.Assigned(first.Id)).State);

        var changed = await monitoring.Upload(second.Id, Row("2014-06-01"));
        Assert.Equal((0, 1, 0), (changed.Created, changed.Updated, changed.Unchanged));
        // It is the second list's now, and nobody is assigned to that yet.
        Assert.Empty(await monitoring.Assigned(first.Id));
        await monitoring.Assign(second.Id);
        var reopened = Assert.Single(await monitoring.Assigned(second.Id));
        Assert.Equal((verification.Id, VerificationState.Pending, null), (reopened.Id, reopened.State, reopened.Finding));
    }

    [Fact]
    public async Task An_upload_is_repeated_harmlessly_and_rehearsed_without_a_trace()
    {
        var member = monitoring.NewMember();
        await monitoring.Register(monitoring.NewHousehold(member));
        var list = await monitoring.RegisterList();
        var file = Encoding.UTF8.GetBytes(SampleCounty.Csv(ListsFixture.Header, [$"{member.IdentityNumber},,示A50001,,,"]));
        Assert.Equal(1, (await monitoring.Upload(list.Id, file, dryRun: true)).Created);
        Assert.DoesNotContain(await monitoring.Events("governance.monitoring.v1.ListMatched"), @event => @event.GetProperty("subject").GetString() == list.Id);

        var id = MonitoringFixture.NewId();
        var report = await monitoring.Upload(list.Id, file, id: id);
        Assert.Equal((1, report), (report.Created, await monitoring.Upload(list.Id, file, id: id)));
        Assert.Equal((0, 1), ((await monitoring.Upload(list.Id, file)).Created, (await monitoring.Upload(list.Id, file)).Unchanged));

        var other = await monitoring.RegisterList();
        Assert.Equal(StatusCode.AlreadyExists, (await Assert.ThrowsAsync<RpcException>(() => monitoring.Upload(other.Id, file, id: id))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => monitoring.Upload(list.Id, file, MonitoringFixture.Neighbour))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => monitoring.Upload("x", file))).StatusCode);
    }

    [Fact]
    public async Task After_its_days_a_list_is_erased_with_everything_that_nobody_decided()
    {
        var (decided, open) = (monitoring.NewMember(), monitoring.NewMember());
        await monitoring.Register(monitoring.NewHousehold(decided));
        await monitoring.Register(monitoring.NewHousehold(open));
        var list = await monitoring.RegisterList();
        var report = await monitoring.Upload(list.Id, $"{decided.IdentityNumber},,示A60001,,,", $"{open.IdentityNumber},,示A60002,,,", "1,,示A60003,,,");
        Assert.Equal(1, report.Rejected);
        await monitoring.Assign(list.Id);
        var first = (await monitoring.Assigned(list.Id))[0];
        await monitoring.Check(first.Id, new V1.Finding { Reason = "查无此车" });
        var clock = monitoring.Services.GetRequiredService<ListClock>();
        var now = monitoring.Clock.GetUtcNow();
        try
        {
            monitoring.Clock.Advance(TimeSpan.FromDays(365));
            await clock.Tick(CancellationToken.None);
            Assert.Equal(2, (await monitoring.Assigned(list.Id)).Count);
            monitoring.Clock.Advance(TimeSpan.FromDays(1));
            await clock.Tick(CancellationToken.None);
            await clock.Tick(CancellationToken.None);

            Assert.Equal(first.Id, Assert.Single(await monitoring.Assigned(list.Id)).Id);
            Assert.Empty((await monitoring.Verifications().ShowFactsAsync(new ShowFactsRequest { VerificationId = first.Id, Purpose = "复核" })).Facts);
            Assert.Equal([0L], await monitoring.Database.Query<long>($"select (select count(*) from verification_facts where list_id = '{list.Id}') + (select count(*) from imports where kind = 'lists/{list.Id}')"));
            Assert.Single(await monitoring.Events("governance.monitoring.v1.ListErased"), @event => @event.GetProperty("subject").GetString() == list.Id);
            Assert.NotNull((await monitoring.Lists().GetListAsync(new GetListRequest { DepartmentListId = list.Id })).EraseTime);
            var refused = await Assert.ThrowsAsync<RpcException>(() => monitoring.Upload(list.Id, $"{open.IdentityNumber},,示A60002,,,"));
            Assert.Equal((StatusCode.FailedPrecondition, Rules.ListErased.Code), MonitoringFixture.Refused(refused));
        }
        finally
        {
            monitoring.Clock.Set(now);
        }
    }

    [Fact]
    public async Task Medical_bills_of_a_household_over_the_limit_become_a_clue()
    {
        var (first, second, modest) = (monitoring.NewMember(), monitoring.NewMember(Relation.Spouse), monitoring.NewMember());
        var household = await monitoring.Register(monitoring.NewHousehold(first, second));
        await monitoring.Register(monitoring.NewHousehold(modest));
        var list = await monitoring.RegisterList(ListKind.MedicalBill);
        string[] rows =
        [
            $"{first.IdentityNumber},,住院001,2024-02-01,9000,", $"{first.IdentityNumber},,住院001,2024-02-01,9000,", $"{second.IdentityNumber},,,2024-03-01,1000.01,",
            $"{modest.IdentityNumber},,,2024-03-01,10000,", $"{modest.IdentityNumber},,,2024-03-02,,",
        ];
        var report = await monitoring.Upload(list.Id, rows);
        Assert.Equal((1, 0, 0, 1, "REQUIRED"), (report.Created, report.Updated, report.Unchanged, report.Rejected, report.Errors[0].Rule));
        var clue = Assert.Single(await Clues(household.Id));
        Assert.Equal((ClueSource.Department, Rules.ListedMedicalBills.Code, "医保部门名单中的自付医疗费用合计 10000.01 元，超过 10000 元。"), (clue.Source, clue.Rule, clue.Explanation));
        Assert.Equal("monitoring.medical_spending", clue.Citation.PolicyId);

        // Refuted, it stays refuted while the bills are the same.
        await monitoring.Clues().RefuteClueAsync(new RefuteClueRequest { ClueId = clue.Id, Reason = "费用已全部报销" });
        var again = await monitoring.Upload((await monitoring.RegisterList(ListKind.MedicalBill)).Id, rows);
        Assert.Equal((0, 1), (again.Created, again.Unchanged));
        Assert.Equal(1, (await monitoring.Upload(list.Id, [.. rows, $"{second.IdentityNumber},,,2024-03-20,500,"])).Created);
        Assert.Equal([0L], await monitoring.Database.Query<long>($"select count(*) from verifications where household_id = '{household.Id}'"));
    }

    [Fact]
    public async Task Missing_pupils_become_a_clue_of_their_household()
    {
        var pupil = monitoring.NewMember(Relation.Son, 2012);
        var household = await monitoring.Register(monitoring.NewHousehold(monitoring.NewMember(), pupil));
        var report = await monitoring.Upload((await monitoring.RegisterList(ListKind.DropOut)).Id, $"{pupil.IdentityNumber},,示例小学,,,", $"{pupil.IdentityNumber},,示例中学,,,");
        Assert.Equal((1, 0), (report.Created, report.Rejected));
        var clue = Assert.Single(await Clues(household.Id));
        Assert.Equal((ClueSource.Department, Rules.ListedDropOut.Code, "1 名成员列入教育部门的疑似失辍学名单。"), (clue.Source, clue.Rule, clue.Explanation));
    }

    async Task<IEnumerable<V1.Clue>> Clues(string household) => (await monitoring.Clues().ListCluesAsync(new ListCluesRequest { HouseholdId = household })).Clues;
}
