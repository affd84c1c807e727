using System.Text.Json;
using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Funds.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Who is insured, what is due, and that nobody gets it twice (MON-16).</summary>
public sealed class InsuranceTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task The_highest_of_several_subsidies_is_due_by_category()
    {
        // Dibao with an unattended child: the child gets the full subsidy, the others that of dibao.
        var child = monitoring.NewMember(Relation.Son, 2015);
        var poor = monitoring.NewHousehold(monitoring.NewMember(), child);
        poor.LowIncomeCategories.Add([LowIncomeCategory.Dibao, LowIncomeCategory.UnattendedChild]);
        var registered = await monitoring.Register(poor);
        Assert.Equal([(registered.Members.Single(member => member.Relation == Relation.Householder).Id, SubsidyCategory.Dibao, 21500L), (registered.Members.Single(member => member.Relation == Relation.Son).Id, SubsidyCategory.Destitute, 38000L)],
            (await Of(registered.Id)).Select(member => (member.MemberId, member.Category, member.AmountFen)).OrderBy(member => member.AmountFen));
        Assert.Equal("S2 二(二)3", (await Of(registered.Id))[0].Citation.Source);

        var monitored = await monitoring.Monitored();
        Assert.Equal((SubsidyCategory.Monitored, 21500L, SubsidyState.Unspecified), (await Of(monitored.Id)).Select(member => (member.Category, member.AmountFen, member.State)).Single());
        await new V1.LowIncome.LowIncomeClient(monitoring.Officer()).RecognizeLowIncomeAsync(new RecognizeLowIncomeRequest
        {
            RecognitionId = MonitoringFixture.NewId(),
            Recognition = new V1.Recognition { HouseholdId = monitored.Id, MemberId = monitored.Members[0].Id, Layer = LowIncomeLayer.Destitute, SinceDate = "2024-01-01" },
        });
        Assert.Equal((SubsidyCategory.Destitute, 38000L), (await Of(monitored.Id)).Select(member => (member.Category, member.AmountFen)).Single());

        // Out of poverty alone: insured without a subsidy.
        Assert.Equal((SubsidyCategory.Unspecified, 0L, Insurance.Resident),
            (await Of((await monitoring.Register()).Id)).Select(member => (member.Category, member.AmountFen, member.Insurance)).Single());
    }

    [Fact]
    public async Task The_bureaus_list_says_who_is_insured_in_a_year_and_the_registry_follows()
    {
        var (head, wife) = (monitoring.NewMember(), monitoring.NewMember(Relation.Spouse));
        wife.Insurance = Insurance.Unspecified;
        var household = await monitoring.Register(monitoring.NewHousehold(head, wife));
        var rows = $"{head.IdentityNumber},2024,未参保\n{wife.IdentityNumber},2024,居民医保\n{wife.IdentityNumber},2023,未参保\n";
        var report = await Import(rows);
        Assert.Equal((3, 0, 0, 0), (report.Created, report.Updated, report.Unchanged, report.Rejected));
        Assert.Equal(3, (await Import(rows)).Unchanged);
        Assert.Equal([household.Members.Single(member => member.Relation == Relation.Householder).Id], (await Of(household.Id, uninsured: true)).Select(member => member.MemberId));
        Assert.Equal(2, (await Client().ListInsurancesAsync(new ListInsurancesRequest { HouseholdId = household.Id, Year = 2023, Uninsured = true })).Members.Count);
        var now = await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id });
        Assert.Equal([Insurance.Uninsured, Insurance.Resident], now.Members.OrderBy(member => member.Relation).Select(member => member.Insurance));
        Assert.True(now.Version > household.Version);

        var wrong = await Import($"{monitoring.NewPerson()},2024,居民医保\n{head.IdentityNumber},2026,居民医保\n{wife.IdentityNumber},2022,居民医保\n" +
            $"{wife.IdentityNumber},2022,未参保\n{head.IdentityNumber},1999,居民医保\n{head.IdentityNumber},2024,商业保险\n");
        Assert.Equal((0, 6), (wrong.Created, wrong.Rejected));
        Assert.Equal([Rules.UnknownPerson.Code, Rules.InsuranceYear.Code, Rules.InsuranceTwice.Code, Rules.InsuranceTwice.Code, "OUT_OF_RANGE", "NOT_A_CHOICE"],
            wrong.Errors.OrderBy(error => error.Line).Select(error => error.Rule));
    }

    [Fact]
    public async Task A_move_takes_the_year_with_it()
    {
        var head = monitoring.NewMember();
        var household = await monitoring.Register(monitoring.NewHousehold(head));
        await Import($"{head.IdentityNumber},2022,职工医保\n");
        await monitoring.Households("61").MoveHouseholdAsync(new MoveHouseholdRequest { HouseholdId = household.Id, Division = "619902100001" });
        Assert.Equal(Insurance.Employee, Assert.Single((await Client(MonitoringFixture.Neighbour).ListInsurancesAsync(
            new ListInsurancesRequest { HouseholdId = household.Id, Year = 2022 })).Members).Insurance);
        Assert.Empty((await Client().ListInsurancesAsync(new ListInsurancesRequest { HouseholdId = household.Id, Year = 2022 })).Members);
    }

    [Fact]
    public async Task A_confirmed_subsidy_is_asked_for_once_a_year_and_follows_the_bank()
    {
        var poor = monitoring.NewHousehold(monitoring.NewMember(), monitoring.NewMember(Relation.Spouse), monitoring.NewMember(Relation.Parent));
        // Who is not insured, or as an employee, is not subsidised.
        (poor.Members[1].Insurance, poor.Members[2].Insurance) = (Insurance.Uninsured, Insurance.Employee);
        (poor.Division, poor.SettlementId) = ("619902100001", "");
        poor.LowIncomeCategories.Add(LowIncomeCategory.Destitute);
        var household = await monitoring.Register(poor);
        var request = new ConfirmSubsidiesRequest { ConfirmationId = MonitoringFixture.NewId(), Year = 2024 };
        var neighbour = Client(MonitoringFixture.Neighbour);
        var confirmed = await neighbour.ConfirmSubsidiesAsync(request);
        Assert.Equal((1, 38000L, MonitoringFixture.Neighbour), (confirmed.Subsidies, confirmed.AmountFen, confirmed.Division));
        Assert.Equal(confirmed, await neighbour.ConfirmSubsidiesAsync(request));
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"), await MonitoringFixture.Refused(
            neighbour.ConfirmSubsidiesAsync(new ConfirmSubsidiesRequest { ConfirmationId = request.ConfirmationId, Year = 2025 })));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.ConfirmYear.Code), await MonitoringFixture.Refused(
            neighbour.ConfirmSubsidiesAsync(new ConfirmSubsidiesRequest { ConfirmationId = MonitoringFixture.NewId(), Year = 2023 })));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Client().ConfirmSubsidiesAsync(
            new ConfirmSubsidiesRequest { ConfirmationId = MonitoringFixture.NewId(), Year = 2024, Division = MonitoringFixture.Neighbour }))).Status);

        // The household moves to another county, which confirms in its turn.
        var subsidy = Assert.Single((await neighbour.ListSubsidiesAsync(new ListSubsidiesRequest { ConfirmationId = confirmed.Id })).Subsidies);
        await monitoring.Households("61").MoveHouseholdAsync(new MoveHouseholdRequest { HouseholdId = household.Id, Division = MonitoringFixture.Village });
        await Client().ConfirmSubsidiesAsync(new ConfirmSubsidiesRequest { ConfirmationId = MonitoringFixture.NewId(), Year = 2024, Division = MonitoringFixture.County });
        var told = Assert.Single(await monitoring.Events("governance.monitoring.v1.InsuranceSubsidyDue"),
            @event => @event.GetProperty("data").GetProperty("householdId").GetString() == household.Id);
        Assert.Equal((subsidy.Id, "38000", "SUBSIDY_CATEGORY_DESTITUTE"), (told.GetProperty("subject").GetString(),
            told.GetProperty("data").GetProperty("amountFen").GetString(), told.GetProperty("data").GetProperty("category").GetString()));

        // Settled after a failure that comes late; another service's payment is none of ours.
        Assert.Equal(200, await Told("PaymentFailed", 1, new { requester = "housing", requestId = subsidy.Id, failedDate = "2024-04-02" }));
        Assert.Equal(SubsidyState.Due, (await Only()).State);
        Assert.Equal(200, await Told("PaymentSettled", 3, new { requester = "monitoring", requestId = subsidy.Id, amountFen = "38000", settledDate = "2024-04-05" }));
        Assert.Equal(200, await Told("PaymentFailed", 2, new { requester = "monitoring", requestId = subsidy.Id, failedDate = "2024-04-03", failure = "PAYMENT_FAILURE_NO_ACCOUNT" }));
        Assert.Equal((SubsidyState.Paid, "2024-04-05", PaymentFailure.Unspecified), ((await Only()).State, (await Only()).StateDate, (await Only()).Failure));
        Assert.Equal(200, await Told("PaymentFailed", 4, new { requester = "monitoring", requestId = subsidy.Id, failedDate = "2024-04-06", failure = "PAYMENT_FAILURE_NO_ACCOUNT" }));
        Assert.Equal((SubsidyState.Failed, PaymentFailure.NoAccount), ((await Only()).State, (await Only()).Failure));
        Assert.Equal(["InsuranceSubsidyDue", "InsuranceSubsidyPaid", "InsuranceSubsidyFailed"], (await monitoring.Events())
            .Where(@event => @event.GetProperty("subject").GetString() == subsidy.Id).Select(@event => @event.GetProperty("type").GetString()!.Split('.')[^1]));

        async Task<V1.Subsidy> Only() => Assert.Single((await Client().ListSubsidiesAsync(new ListSubsidiesRequest { HouseholdId = household.Id })).Subsidies);
    }

    [Fact]
    public async Task Malformed_requests_are_refused_and_the_database_holds_the_rule()
    {
        foreach (var wrong in (ListInsurancesRequest[])[new() { Division = "61990" }, new() { HouseholdId = "x" }, new() { Year = 1999 }, new() { PageSize = 1001 }])
            Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Client().ListInsurancesAsync(wrong))).Status);
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Client().ListSubsidiesAsync(new ListSubsidiesRequest { State = (SubsidyState)9 }))).Status);
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(
            Client().ConfirmSubsidiesAsync(new ConfirmSubsidiesRequest { ConfirmationId = "x", Year = 2024 }))).Status);
        Assert.Equal(Rules.SubsidyOnce.Code, (await monitoring.Database.Query<string>(
            "select conname::text from pg_constraint where conrelid = 'subsidies'::regclass and contype = 'u'")).Single());
    }

    V1.Insurances.InsurancesClient Client(string division = MonitoringFixture.County) => new(monitoring.Officer(division));

    async Task<IReadOnlyList<InsuredMember>> Of(string household, bool uninsured = false) =>
        (await Client().ListInsurancesAsync(new ListInsurancesRequest { HouseholdId = household, Uninsured = uninsured })).Members;

    async Task<ImportReport> Import(string rows)
    {
        using var call = Client("61").ImportInsurances();
        await call.RequestStream.WriteAsync(new ImportInsurancesRequest
        {
            ImportId = MonitoringFixture.NewId(), File = new HttpBody { Data = ByteString.CopyFromUtf8($"身份证号码,年度,医疗保险\n{rows}") },
        });
        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }

    Task<int> Told(string type, int sequence, object data) => monitoring.Deliver("funds", JsonSerializer.Serialize(new
    {
        specversion = "1.0", id = MonitoringFixture.NewId(), type = $"governance.funds.v1.{type}", source = "/governance/funds",
        subject = MonitoringFixture.NewId(), division = MonitoringFixture.County, sequence = $"{sequence}", data,
    }));
}
