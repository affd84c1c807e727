using Google.Protobuf.WellKnownTypes;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;
using Xunit;
using static Governance.Monitoring.V1.LookUpHouseholdResponse.Types;

namespace Governance.Monitoring.Tests;

public sealed class RegistryTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task A_household_is_registered_once_masked_and_told_without_names_or_numbers()
    {
        var wanted = monitoring.NewHousehold(monitoring.NewMember(), monitoring.NewMember(Relation.Spouse, 1982));
        var request = new RegisterHouseholdRequest { HouseholdId = MonitoringFixture.NewId(), Household = wanted };
        var household = await monitoring.Households().RegisterHouseholdAsync(request);
        Assert.Equal(("赵**", 2, 1L), (household.Householder, household.MemberCount, household.Version));
        Assert.Equal($"**************{wanted.Members[0].IdentityNumber[^4..]}", household.Members[0].IdentityNumber);
        Assert.Equal((V1.Gender.Male, "1980"), (household.Members[0].Gender, household.Members[0].BirthDate[..4]));

        Assert.Equal(household, await monitoring.Households().RegisterHouseholdAsync(request));
        var told = Assert.Single(await monitoring.Events(), @event => @event.GetProperty("subject").GetString() == household.Id);
        Assert.Equal("governance.monitoring.v1.HouseholdRegistered", told.GetProperty("type").GetString());

        request.Household.Room = "999";
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"),
            await MonitoringFixture.Refused(monitoring.Households().RegisterHouseholdAsync(request)));
        request.Household.Room = "";
        request.Household.Members[0].Name = "赵例二";
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"),
            await MonitoringFixture.Refused(monitoring.Households().RegisterHouseholdAsync(request)));
    }

    [Fact]
    public async Task Every_fault_of_a_request_is_named_at_once()
    {
        var household = new V1.Household { Number = "户", Division = "619901",
            Members = { new V1.Member { IdentityNumber = "619901198001010013" } } };
        var exception = await Assert.ThrowsAsync<RpcException>(() =>
            monitoring.Households().RegisterHouseholdAsync(new RegisterHouseholdRequest { HouseholdId = MonitoringFixture.NewId(),
                Household = household }).ResponseAsync);
        var details = Google.Rpc.Status.Parser.ParseFrom(exception.Trailers.GetValueBytes("grpc-status-details-bin")!);
        var fields = details.Details.Single(detail => detail.Is(Google.Rpc.BadRequest.Descriptor)).Unpack<Google.Rpc.BadRequest>().FieldViolations.Select(violation => violation.Field);
        string[] expected =
        [
            "household.category", "household.division", "household.members[0].identity_number", "household.members[0].name", "household.members[0].relation", "household.number",
        ];
        Assert.Equal(expected, fields.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_person_or_number_that_is_registered_is_refused_and_another_division_is_not_revealed()
    {
        var person = monitoring.NewMember();
        var neighbour = monitoring.NewHousehold(person);
        (neighbour.Division, neighbour.SettlementId) = ("619902100001", "");
        neighbour = await monitoring.Register(neighbour);

        Assert.Equal((StatusCode.FailedPrecondition, Rules.RegisteredElsewhere.Code),
            await MonitoringFixture.Refused(Register(monitoring.NewHousehold(person))));
        var same = monitoring.NewHousehold();
        same.Number = neighbour.Number;
        Assert.Equal((StatusCode.FailedPrecondition, Rules.NumberElsewhere.Code), await MonitoringFixture.Refused(Register(same)));

        var here = monitoring.NewMember();
        await monitoring.Register(monitoring.NewHousehold(here));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.RegisteredAlready.Code),
            await MonitoringFixture.Refused(Register(monitoring.NewHousehold(here))));

        var elsewhere = await monitoring.Households().LookUpHouseholdAsync(new LookUpHouseholdRequest { IdentityNumber = person.IdentityNumber });
        Assert.Equal(new LookUpHouseholdResponse { Registration = Registration.Elsewhere }, elsewhere);
        var found = await monitoring.Households().LookUpHouseholdAsync(new LookUpHouseholdRequest { IdentityNumber = here.IdentityNumber });
        Assert.Equal((Registration.Here, found.Household.Members[0].Id), (found.Registration, found.MemberId));
        Assert.Equal(Registration.None, (await monitoring.Households().LookUpHouseholdAsync(new LookUpHouseholdRequest { IdentityNumber = monitoring.NewPerson() })).Registration);

        AsyncUnaryCall<V1.Household> Register(V1.Household household) =>
            monitoring.Households().RegisterHouseholdAsync(new RegisterHouseholdRequest { HouseholdId = MonitoringFixture.NewId(),
                Household = household });
    }

    [Fact]
    public async Task What_is_answered_about_somebody_elsewhere_is_the_same_wherever_and_whoever_that_is()
    {
        var (single, head, child) = (monitoring.NewMember(), monitoring.NewMember(), monitoring.NewMember(Relation.Son, 2012));
        var near = new V1.Household(monitoring.NewHousehold(single)) { Division = "619902100001", SettlementId = "" };
        var far = new V1.Household(monitoring.NewHousehold(head, child)) { Division = "619902100002", SettlementId = SampleCounty.Settlements[4].Id };
        await monitoring.Register(near);
        await monitoring.Register(far);
        var own = await monitoring.Register();

        var answers = new List<string>();
        foreach (var person in (V1.Member[])[single, head, child])
        {
            var joining = new V1.Member(person) { Relation = Relation.Other };
            answers.Add(await Answer(monitoring.Households().RegisterHouseholdAsync(new RegisterHouseholdRequest { HouseholdId = MonitoringFixture.NewId(),
                Household = monitoring.NewHousehold(monitoring.NewMember(), joining) })));
            answers.Add(await Answer(monitoring.Households().AddMemberAsync(new AddMemberRequest { HouseholdId = own.Id, MemberId = MonitoringFixture.NewId(), Member = joining })));
        }
        Assert.Single(answers.Distinct(StringComparer.Ordinal));

        // Not even the size of an answer tells more than the answer.
        var (elsewhere, nowhere) = (await LookUp(single.IdentityNumber), await LookUp(monitoring.NewPerson()));
        Assert.Equal((Registration.Elsewhere, Registration.None, elsewhere.CalculateSize()), (elsewhere.Registration, nowhere.Registration, nowhere.CalculateSize()));

        async Task<string> Answer(AsyncUnaryCall<V1.Household> call)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
            return $"{refused.Status} {string.Join(' ', refused.Trailers.Select(entry => entry.IsBinary ? Convert.ToHexString(entry.ValueBytes) : entry.Value))}";
        }

        async Task<LookUpHouseholdResponse> LookUp(string number) =>
            await monitoring.Households().LookUpHouseholdAsync(new LookUpHouseholdRequest { IdentityNumber = number });
    }

    [Fact]
    public async Task A_home_is_a_village_and_a_settlement_that_organizations_knows()
    {
        var nowhere = monitoring.NewHousehold();
        nowhere.Division = "619901999001";
        Assert.Equal((StatusCode.FailedPrecondition, Rules.UnknownDivision.Code), await MonitoringFixture.Refused(
            monitoring.Households().RegisterHouseholdAsync(new RegisterHouseholdRequest { HouseholdId = MonitoringFixture.NewId(),
                Household = nowhere })));
        var abroad = monitoring.NewHousehold();
        abroad.SettlementId = SampleCounty.Settlements[4].Id;
        Assert.Equal((StatusCode.FailedPrecondition, Rules.UnknownSettlement.Code), await MonitoringFixture.Refused(
            monitoring.Households().RegisterHouseholdAsync(new RegisterHouseholdRequest { HouseholdId = MonitoringFixture.NewId(),
                Household = abroad })));

        string Row(string division, string settlement) => $"N-{division},{division},{settlement},,脱贫户,,,,,,,,A,安全,赵例一,{monitoring.NewPerson()},户主,,,,,,,";
        var report = await monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader,
            [Row("619901999001", ""), Row("619901001002", abroad.SettlementId)]));
        Assert.Equal([Rules.UnknownDivision.Code, Rules.UnknownSettlement.Code], report.Errors.Select(error => error.Rule));
    }

    [Fact]
    public async Task What_lies_outside_the_caller_s_division_is_not_there()
    {
        var household = await monitoring.Register();
        var neighbour = monitoring.Households(MonitoringFixture.Neighbour);
        var id = household.Id;
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = id }))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.MoveHouseholdAsync(new MoveHouseholdRequest { HouseholdId = id, Division = "619902100001" }))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.UnmaskMemberAsync(
            new UnmaskMemberRequest { HouseholdId = id, MemberId = household.Members[0].Id, Purpose = "核对" }))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(
            monitoring.Incomes(MonitoringFixture.Neighbour).ListIncomesAsync(new ListIncomesRequest { HouseholdId = id }))).Status);
        Assert.DoesNotContain((await neighbour.ListHouseholdsAsync(new ListHouseholdsRequest { PageSize = 1000 })).Households,
            other => other.Id == id);
        Assert.Equal((StatusCode.PermissionDenied, "OUT_OF_SCOPE"), await MonitoringFixture.Refused(
            neighbour.RegisterHouseholdAsync(new RegisterHouseholdRequest { HouseholdId = MonitoringFixture.NewId(),
                Household = monitoring.NewHousehold() })));
    }

    [Fact]
    public async Task Lists_are_paged_and_filtered()
    {
        var grid = MonitoringFixture.NewId();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var household = monitoring.NewHousehold();
            (household.GridId, household.Category) = (grid, i < 3 ? HouseholdCategory.OutOfPoverty : HouseholdCategory.General);
            household.LowIncomeCategories.Add(LowIncomeCategory.Dibao);
            ids.Add((await monitoring.Register(household)).Id);
        }
        var request = new ListHouseholdsRequest { GridId = grid, PageSize = 2 };
        var pages = new List<V1.Household>();
        do
        {
            var page = await monitoring.Households().ListHouseholdsAsync(request);
            pages.AddRange(page.Households);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(ids.Order(StringComparer.Ordinal), pages.Select(household => household.Id));
        Assert.All(pages, household => Assert.Equal((0, 1, "赵**"),
            (household.Members.Count, household.MemberCount, household.Householder)));

        Assert.Equal(2, await Count(new ListHouseholdsRequest { GridId = grid, Category = HouseholdCategory.General }));
        Assert.Equal(5, await Count(new ListHouseholdsRequest { GridId = grid, LowIncomeCategory = LowIncomeCategory.Dibao,
            Division = "619901001" }));
        Assert.Equal(0, await Count(new ListHouseholdsRequest { GridId = grid, Monitored = true }));
        Assert.Equal(1, await Count(new ListHouseholdsRequest { Number = pages[0].Number, SettlementId = pages[0].SettlementId }));

        async Task<int> Count(ListHouseholdsRequest filter) => (await monitoring.Households().ListHouseholdsAsync(filter)).Households.Count;
    }

    [Fact]
    public async Task A_household_is_changed_by_mask_and_not_over_another_change()
    {
        var household = await monitoring.Register();
        var change = new UpdateHouseholdRequest
        {
            Household = new V1.Household { Id = household.Id, DwellingGrade = DwellingGrade.C, Room = "不改", Version = household.Version },
            UpdateMask = FieldMask.FromString("dwelling_grade"),
        };
        var changed = await monitoring.Households().UpdateHouseholdAsync(change);
        Assert.Equal((DwellingGrade.C, household.Room, 2L), (changed.DwellingGrade, changed.Room, changed.Version));
        Assert.Equal((StatusCode.Aborted, "STALE_VERSION"), await MonitoringFixture.Refused(monitoring.Households().UpdateHouseholdAsync(change)));
        change.UpdateMask = FieldMask.FromString("number");
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(monitoring.Households().UpdateHouseholdAsync(change))).Status);
        Assert.Equal("governance.monitoring.v1.HouseholdChanged",
            (await monitoring.Events()).Last(@event => @event.GetProperty("subject").GetString() == household.Id).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Members_come_change_and_go()
    {
        var household = await monitoring.Register();
        var add = new AddMemberRequest { HouseholdId = household.Id, MemberId = MonitoringFixture.NewId(),
            Member = monitoring.NewMember(Relation.Spouse) };
        household = await monitoring.Households().AddMemberAsync(add);
        Assert.Equal(household, await monitoring.Households().AddMemberAsync(add));
        Assert.Equal(2, household.MemberCount);

        household = await monitoring.Households().UpdateMemberAsync(new UpdateMemberRequest
        {
            HouseholdId = household.Id,
            Member = new V1.Member { Id = add.MemberId, Relation = Relation.Householder },
            UpdateMask = FieldMask.FromString("relation"),
        });
        Assert.Equal(add.MemberId, household.Members.Single(member => member.Relation == Relation.Householder).Id);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.HouseholderStays.Code), await MonitoringFixture.Refused(Remove(add.MemberId)));
        household = await Remove(household.Members.Single(member => member.Relation == Relation.Other).Id);
        Assert.Equal(1, household.MemberCount);

        AsyncUnaryCall<V1.Household> Remove(string member) => monitoring.Households().RemoveMemberAsync(
            new RemoveMemberRequest { HouseholdId = household.Id, MemberId = member, Reason = RemovalReason.MovedOut });
    }

    [Fact]
    public async Task A_household_that_moves_takes_everything_along_and_changes_hands()
    {
        var household = await monitoring.Register();
        await monitoring.RecordYear(household.Id, 450_000);
        await monitoring.Report(household.Id);
        var move = new MoveHouseholdRequest { HouseholdId = household.Id, Division = "619902100001",
            SettlementId = SampleCounty.Settlements[4].Id };
        Assert.Equal((StatusCode.PermissionDenied, "OUT_OF_SCOPE"),
            await MonitoringFixture.Refused(monitoring.Households().MoveHouseholdAsync(move)));

        var moved = await monitoring.Households("61").MoveHouseholdAsync(move);
        Assert.Equal("619902100001", moved.Division);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id }))).Status);
        Assert.Single((await monitoring.Households(MonitoringFixture.Neighbour).GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id })).Members);
        Assert.Equal(4, (await monitoring.Incomes(MonitoringFixture.Neighbour).ListIncomesAsync(new ListIncomesRequest { HouseholdId = household.Id })).Incomes.Count);
        Assert.Single((await monitoring.Clues(MonitoringFixture.Neighbour).ListCluesAsync(new ListCluesRequest { HouseholdId = household.Id })).Clues);
        var told = Assert.Single(await monitoring.Events("governance.monitoring.v1.HouseholdMoved"),
            @event => @event.GetProperty("subject").GetString() == household.Id);
        Assert.Equal(("619902100001", MonitoringFixture.Village),
            (told.GetProperty("division").GetString(), told.GetProperty("data").GetProperty("fromDivision").GetString()));
    }

    [Fact]
    public async Task Unmasking_shows_the_number_and_takes_a_purpose()
    {
        var member = monitoring.NewMember();
        var household = await monitoring.Register(monitoring.NewHousehold(member));
        var request = new UnmaskMemberRequest { HouseholdId = household.Id, MemberId = household.Members[0].Id };
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(monitoring.Households().UnmaskMemberAsync(request))).Status);
        request.Purpose = "入户核实身份";
        Assert.Equal((member.Name, member.IdentityNumber), await Unmasked());

        var operations = new V1.Operations.OperationsClient(monitoring.Officer());
        var entry = Assert.Single((await operations.ListAuditEntriesAsync(new ListAuditEntriesRequest { Subject = household.Members[0].Id })).Entries, entry => entry.Purpose.Length > 0);
        Assert.Equal(("入户核实身份", "tester", "/governance.monitoring.v1.Households/UnmaskMember"),
            (entry.Purpose, entry.ActorName, entry.Action));
        Assert.True((await operations.VerifyAuditAsync(new VerifyAuditRequest())).Intact);

        async Task<(string, string)> Unmasked()
        {
            var answer = await monitoring.Households().UnmaskMemberAsync(request);
            return (answer.Name, answer.IdentityNumber);
        }
    }

    [Fact]
    public async Task Income_is_recorded_corrected_and_compared()
    {
        var household = await monitoring.Register();
        await monitoring.RecordYear(household.Id, 400_000);
        await Record(new V1.Income { Year = 2023, Quarter = 1, WageFen = 200_000 });
        var corrected = await Record(new V1.Income { Year = 2024, Quarter = 1, WageFen = 100_000, BusinessFen = 50_000,
            ProductionCostFen = 50_000, RigidSpendingFen = 10, MedicalFen = 10 });
        Assert.Equal((100_000L, -0.75, -0.5), (corrected.PerCapitaNetFen, corrected.ChangeOnQuarter, corrected.ChangeOnYear));

        Assert.Equal((StatusCode.FailedPrecondition, Rules.QuarterOver.Code),
            await MonitoringFixture.Refused(Record(new V1.Income { Year = 2024, Quarter = 2 })));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.MedicalIsRigid.Code),
            await MonitoringFixture.Refused(Record(new V1.Income { Year = 2023, Quarter = 1, MedicalFen = 1 })));
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Record(new V1.Income { Year = 2023, Quarter = 5,
            WageFen = -1 }))).Status);
        var listed = await monitoring.Incomes().ListIncomesAsync(new ListIncomesRequest { HouseholdId = household.Id });
        Assert.Equal([20241, 20234, 20233, 20232, 20231], listed.Incomes.Select(income => (income.Year * 10) + income.Quarter));
        // What nobody has to add up: by calendar year, and as the rules see it.
        Assert.Equal([(2024, 1, 100_000L, 400_000L), (2023, 4, 1_400_000, 1_400_000), (0, 4, 1_300_000, 1_300_000)],
            listed.Years.Append(listed.LastFourQuarters).Select(year => (year.Year, year.Quarters, year.PerCapitaNetFen, year.ProjectedPerCapitaNetFen)));
        Assert.Equal((100_000L, 10L, 10L), (listed.Years[0].NetFen, listed.Years[0].RigidSpendingFen, listed.Years[0].MedicalFen));

        AsyncUnaryCall<V1.Income> Record(V1.Income income) => monitoring.Incomes().RecordIncomeAsync(new RecordIncomeRequest { HouseholdId = household.Id, Income = income });
    }
}
