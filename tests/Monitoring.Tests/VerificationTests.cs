using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Verification of assets: checked in the village, submitted, filed by the county (MON-14).</summary>
public sealed class VerificationTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    const string County = MonitoringFixture.County;

    public static TheoryData<bool, string, Veto, bool, long, string, VerificationOutcome> Outcomes => new()
    {
        { false, "", Veto.Unspecified, false, 0, "查无此车", VerificationOutcome.Untrue },
        // The day before the cut-off date, the date itself, the day after.
        { true, "2015-10-25", Veto.Vehicle, false, 30_000, "评议会一致认定", VerificationOutcome.Vetoed },
        { true, "2015-10-26", Veto.Unspecified, false, 0, "", VerificationOutcome.AfterCutOff },
        { true, "2015-10-27", Veto.Unspecified, false, 0, "", VerificationOutcome.AfterCutOff },
        { true, "2014-01-01", Veto.Unspecified, false, 0, "", VerificationOutcome.NoGround },
        { true, "2014-01-01", Veto.Vehicle, true, 45_000, "户主重病，车辆用于就医", VerificationOutcome.Spared },
        { true, "2014-01-01", Veto.Dwelling, false, 0, "评议会一致认定", VerificationOutcome.Vetoed },
        { true, "2014-01-01", Veto.TownProperty, false, 0, "评议会一致认定", VerificationOutcome.Vetoed },
        { true, "2014-01-01", Veto.Business, false, 0, "评议会一致认定", VerificationOutcome.Vetoed },
        { true, "2014-01-01", Veto.SteadyEmployment, false, 0, "评议会一致认定", VerificationOutcome.Vetoed },
        { true, "2012-01-01", Veto.Absence, false, 3, "评议会一致认定", VerificationOutcome.Vetoed },
        { true, "2014-01-01", Veto.UnwillingToWork, false, 0, "评议会一致认定", VerificationOutcome.Vetoed },
        { true, "2014-01-01", Veto.ShamRegistration, false, 0, "评议会一致认定", VerificationOutcome.Vetoed },
    };

    [Theory]
    [MemberData(nameof(Outcomes))]
    public async Task A_check_is_judged_by_the_cut_off_date_and_the_eight_vetoes(bool isTrue, string date, Veto veto, bool spared, long figure, string reason, VerificationOutcome outcome)
    {
        var (_, verifications) = await monitoring.Matched();
        var finding = new V1.Finding { IsTrue = isTrue, OccurredDate = date, Veto = veto, Spared = spared, Figure = figure, Reason = reason };
        var verification = await monitoring.Check(verifications[0].Id, finding);
        Assert.Equal((VerificationState.Checked, outcome), (verification.State, verification.Finding.Outcome));
        Assert.Equal(isTrue ? "2015-10-26" : "", verification.Finding.CutOffCitation?.Value ?? "");
        Assert.Equal(veto is Veto.Dwelling or Veto.Vehicle or Veto.Absence, verification.Finding.VetoCitation is not null);
        // Said again it changes nothing and tells nobody.
        Assert.Equal(verification, await monitoring.Check(verification.Id, finding));
        Assert.Single(await monitoring.Events("governance.monitoring.v1.VerificationChecked"), @event => @event.GetProperty("subject").GetString() == verification.Id);
    }

    public static TheoryData<V1.Finding, StatusCode, string> Refusals => new()
    {
        { new V1.Finding { IsTrue = true, OccurredDate = "2015-10-26", Veto = Veto.Business }, StatusCode.FailedPrecondition, "MON-14.no_veto_after" },
        { new V1.Finding(), StatusCode.FailedPrecondition, "MON-14.spared_for_a_reason" },
        { new V1.Finding { IsTrue = true, OccurredDate = "2014-01-01", Veto = Veto.Business, Spared = true }, StatusCode.FailedPrecondition, "MON-14.spared_for_a_reason" },
        { new V1.Finding { IsTrue = true, OccurredDate = "2014-01-01", Veto = Veto.Business }, StatusCode.FailedPrecondition, "MON-14.spared_for_a_reason" },
        { new V1.Finding { IsTrue = true, OccurredDate = "2014-01-01", Veto = Veto.Vehicle, Figure = 29_999 }, StatusCode.FailedPrecondition, "MON-14.veto_figure" },
        { new V1.Finding { IsTrue = true, OccurredDate = "2014-01-01", Veto = Veto.Absence, Figure = 2 }, StatusCode.FailedPrecondition, "MON-14.veto_figure" },
        { new V1.Finding { IsTrue = true }, StatusCode.InvalidArgument, "NOT_A_DATE" },
        { new V1.Finding { IsTrue = true, OccurredDate = "2024-04-02" }, StatusCode.InvalidArgument, "IN_THE_FUTURE" },
        { new V1.Finding { OccurredDate = "2014-01-01", Reason = "无" }, StatusCode.InvalidArgument, "CONTRADICTION" },
        { new V1.Finding { IsTrue = true, OccurredDate = "2014-01-01", Spared = true }, StatusCode.InvalidArgument, "REQUIRED" },
        { new V1.Finding { IsTrue = true, OccurredDate = "2014-01-01", Veto = (Veto)9 }, StatusCode.InvalidArgument, "NOT_A_CHOICE" },
        { new V1.Finding { IsTrue = true, OccurredDate = "2014-01-01", Veto = Veto.Vehicle, Figure = -1 }, StatusCode.InvalidArgument, "OUT_OF_RANGE" },
        { new V1.Finding { Reason = new string('长', 1001) }, StatusCode.InvalidArgument, "TOO_LONG" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_check_that_cannot_be_right_is_refused(V1.Finding finding, StatusCode status, string reason)
    {
        var (_, verifications) = await monitoring.Matched();
        var refused = await Assert.ThrowsAsync<RpcException>(() => monitoring.Check(verifications[0].Id, finding));
        Assert.Equal((status, reason), MonitoringFixture.Refused(refused));
    }

    [Fact]
    public async Task A_checker_narrows_the_list_to_a_household_a_state_or_one_assignment()
    {
        var (list, verifications) = await monitoring.Matched(people: 2);
        var (other, others) = await monitoring.Matched();
        await monitoring.Check(verifications[0].Id, new V1.Finding { Reason = "查无此车" });
        Assert.Equal([verifications[0].Id], await Listed(new() { HouseholdId = verifications[0].HouseholdId }));
        Assert.Equal([verifications[1].Id], await Listed(new() { DepartmentListId = list, State = VerificationState.Pending }));
        var reviewers = (await monitoring.Lists().ListReviewersAsync(new ListReviewersRequest { DepartmentListId = other })).Reviewers;
        Assert.Equal(others.Select(verification => verification.Id), await Listed(new() { ReviewerId = reviewers[0].Id }));
        Assert.Empty(await Listed(new() { ReviewerId = reviewers[0].Id, HouseholdId = verifications[0].HouseholdId }));
        // Whose assignment it is makes nobody see what is somebody else's.
        await monitoring.Assign(list, "second.checker");
        Assert.Empty((await monitoring.Verifications("second.checker").ListVerificationsAsync(new() { ReviewerId = reviewers[0].Id })).Verifications);
        Assert.Equal(["household_id"], await MonitoringFixture.WrongFields(monitoring.Verifications().ListVerificationsAsync(new() { HouseholdId = "x" })));
        Assert.Equal(["reviewer_id"], await MonitoringFixture.WrongFields(monitoring.Verifications().ListVerificationsAsync(new() { ReviewerId = "x" })));

        async Task<IEnumerable<string>> Listed(ListVerificationsRequest request) =>
            (await monitoring.Verifications().ListVerificationsAsync(request)).Verifications.Select(verification => verification.Id);
    }

    [Fact]
    public async Task The_eight_vetoes_are_told_with_their_figures()
    {
        var vetoes = (await monitoring.Verifications().ListVetoesAsync(new ListVetoesRequest())).Vetoes;
        Assert.Equal(Enum.GetValues<Veto>().Skip(1), vetoes.Select(veto => veto.Veto));
        Assert.Contains("人均居住面积在 50 平方米以上", vetoes[0].Text, StringComparison.Ordinal);
        Assert.Contains("现有价值在 30000 元以上", vetoes[3].Text, StringComparison.Ordinal);
        Assert.Contains("全家外出务工 3 年以上", vetoes[5].Text, StringComparison.Ordinal);
        Assert.Equal("monitoring.veto.vehicle_value", vetoes[3].Citation.PolicyId);
        Assert.All(vetoes, veto => Assert.DoesNotContain("{", veto.Text, StringComparison.Ordinal));
        var english = await monitoring.Verifications().ListVetoesAsync(new ListVetoesRequest(), new Metadata { { "accept-language", "en" } });
        Assert.Contains("worth 30000 yuan or more", english.Vetoes[3].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_village_submits_when_all_is_checked_and_the_county_files()
    {
        var (list, verifications) = await monitoring.Matched(people: 2);
        await monitoring.Check(verifications[0].Id, new V1.Finding { IsTrue = true, OccurredDate = "2014-01-01", Veto = Veto.Vehicle, Figure = 80_000, Reason = "评议会一致认定" });
        Assert.Equal((StatusCode.FailedPrecondition, Rules.AllChecked.Code), await MonitoringFixture.Refused(monitoring.Submit(list)));
        await monitoring.Check(verifications[1].Id, new V1.Finding { Reason = "查无此车" });

        var id = MonitoringFixture.NewId();
        var submission = await monitoring.Submit(list, id);
        Assert.Equal((2, SubmissionState.Submitted), (submission.Verifications, submission.State));
        Assert.Equal(submission, await monitoring.Submit(list, id));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(monitoring.Submit(list))).Status);
        Assert.Single(await Told("VerificationsSubmitted", id));
        var late = await Assert.ThrowsAsync<RpcException>(() => monitoring.Check(verifications[0].Id, new V1.Finding { Reason = "记错了" }));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.CheckOpen.Code), MonitoringFixture.Refused(late));

        // The procedure is about the village's list: who is on it does not move meanwhile.
        var move = new MoveHouseholdRequest { HouseholdId = verifications[0].HouseholdId, Division = ListsFixture.OtherVillage };
        Assert.Equal((StatusCode.FailedPrecondition, Rules.OnVillageList.Code), await MonitoringFixture.Refused(monitoring.Households().MoveHouseholdAsync(move)));

        await monitoring.Decide(submission.ProcedureId, Outcome.Approve);
        Assert.Equal(SubmissionState.Filed, (await monitoring.Verifications("county.officer", County).GetSubmissionAsync(new GetSubmissionRequest { SubmissionId = id })).State);
        Assert.All(await monitoring.Assigned(list), verification => Assert.Equal((VerificationState.Filed, id), (verification.State, verification.SubmissionId)));
        var filed = Assert.Single(await Told("VerificationsFiled", id)).GetProperty("data");
        Assert.Equal((1, 1), (filed.GetProperty("vetoed").GetInt32(), filed.GetProperty("untrue").GetInt32()));
        var vetoed = Assert.Single(await Told("HouseholdVetoed", verifications[0].Id)).GetProperty("data");
        Assert.Equal(verifications[0].HouseholdId, vetoed.GetProperty("householdId").GetString());
        Assert.Empty(await Told("HouseholdVetoed", verifications[1].Id));

        var statistics = await monitoring.Verifications("county.officer", County).GetVerificationStatisticsAsync(new GetVerificationStatisticsRequest { DepartmentListId = list, Level = Level.Village });
        var village = Assert.Single(statistics.Counts);
        Assert.Equal((MonitoringFixture.Village, ListKind.Vehicle, 2, 2, 1, 1), (village.Division, village.Kind, village.Total, village.Filed, village.Vetoed, village.Untrue));
        var table = await MonitoringFixture.Download(monitoring.Verifications("county.officer", County).ExportVerificationStatistics(new GetVerificationStatisticsRequest { DepartmentListId = list }));
        Assert.StartsWith("行政区划代码,行政区划,类别,合计,", table, StringComparison.Ordinal);
        Assert.EndsWith("车辆,2,0,0,0,2,1,0,1,0,0\r\n", table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_rejected_on_the_way_is_checked_and_submitted_anew()
    {
        var (list, verifications) = await monitoring.Matched();
        await monitoring.Check(verifications[0].Id, new V1.Finding { Reason = "查无此车" });
        var first = await monitoring.Submit(list);
        await monitoring.Decide(first.ProcedureId, Outcome.Reject, steps: 2);
        Assert.Single(await Told("VerificationsSentBack", first.Id));
        Assert.Equal((VerificationState.Checked, ""), Assert.Single((await monitoring.Assigned(list)).Select(verification => (verification.State, verification.SubmissionId))));

        await monitoring.Check(verifications[0].Id, new V1.Finding { IsTrue = true, OccurredDate = "2016-01-01" });
        var second = await monitoring.Submit(list);
        await monitoring.Decide(second.ProcedureId, Outcome.Approve);
        Assert.Equal(VerificationOutcome.AfterCutOff, Assert.Single(await monitoring.Assigned(list)).Finding.Outcome);
    }

    [Fact]
    public async Task What_a_list_says_anew_leaves_the_submission_and_waits_for_the_next()
    {
        var list = await monitoring.RegisterList();
        var (stays, changes, late) = (monitoring.NewMember(), monitoring.NewMember(), monitoring.NewMember());
        foreach (var member in (V1.Member[])[stays, changes, late])
            await monitoring.Register(monitoring.NewHousehold(member));
        await monitoring.Upload(list.Id, $"{stays.IdentityNumber},,示A70001,,,", $"{changes.IdentityNumber},,示A70002,,,");
        await monitoring.Assign(list.Id);
        foreach (var verification in await monitoring.Assigned(list.Id))
            await monitoring.Check(verification.Id, new V1.Finding { Reason = "查无此车" });
        var submission = await monitoring.Submit(list.Id);

        await monitoring.Upload(list.Id, $"{changes.IdentityNumber},,示A70002,,,已过户", $"{late.IdentityNumber},,示A70003,,,");
        var open = (await monitoring.Assigned(list.Id)).Where(verification => verification.State == VerificationState.Pending).ToList();
        Assert.Equal(2, open.Count);
        foreach (var verification in open)
            await monitoring.Check(verification.Id, new V1.Finding { Reason = "仍查无此车" });
        Assert.Equal((StatusCode.AlreadyExists, Rules.OneSubmission.Code), await MonitoringFixture.Refused(monitoring.Submit(list.Id)));

        await monitoring.Decide(submission.ProcedureId, Outcome.Approve);
        Assert.Equal(1, Assert.Single(await Told("VerificationsFiled", submission.Id)).GetProperty("data").GetProperty("untrue").GetInt32());
        Assert.Equal(2, (await monitoring.Submit(list.Id)).Verifications);
    }

    [Fact]
    public async Task Verifications_follow_a_household_that_moves()
    {
        var (list, verifications) = await monitoring.Matched();
        await monitoring.Households().MoveHouseholdAsync(new MoveHouseholdRequest { HouseholdId = verifications[0].HouseholdId, Division = ListsFixture.OtherVillage });
        Assert.Empty(await monitoring.Assigned(list));
        await monitoring.Assign(list, "new.checker", ListsFixture.OtherVillage);
        Assert.Single(await monitoring.Assigned(list, "new.checker", ListsFixture.OtherVillage));
        Assert.Single((await monitoring.Verifications("new.checker", ListsFixture.OtherVillage).ShowFactsAsync(new ShowFactsRequest { VerificationId = verifications[0].Id, Purpose = "入户核查" })).Facts);
    }

    [Theory]
    [InlineData("6199", Level.Village, "")]
    [InlineData("619901", Level.City, "")]
    [InlineData("619901", Level.Department, "")]
    [InlineData("61990", Level.Unspecified, "NOT_A_DIVISION")]
    public async Task Statistics_are_counted_by_a_level_that_fits_the_division(string division, Level level, string reason)
    {
        var refused = await MonitoringFixture.Refused(monitoring.Verifications("city", "6199").GetVerificationStatisticsAsync(new GetVerificationStatisticsRequest { Division = division, Level = level }));
        Assert.Equal((StatusCode.InvalidArgument, reason.Length == 0 ? "OUT_OF_RANGE" : reason), refused);
    }

    [Fact]
    public async Task Statistics_of_another_county_are_empty()
    {
        var (list, _) = await monitoring.Matched();
        var neighbour = monitoring.Verifications("neighbour", MonitoringFixture.Neighbour);
        Assert.Empty((await neighbour.GetVerificationStatisticsAsync(new GetVerificationStatisticsRequest { DepartmentListId = list, Division = County })).Counts);
    }

    async Task<List<System.Text.Json.JsonElement>> Told(string type, string subject) =>
        (await monitoring.Events($"governance.monitoring.v1.{type}")).FindAll(@event => @event.GetProperty("subject").GetString() == subject);
}
