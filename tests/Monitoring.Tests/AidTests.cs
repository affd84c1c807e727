using Google.Api;
using Google.Protobuf;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>The green channel: aid first, identification after (MON-07).</summary>
public sealed class AidTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Aid_is_given_at_once_and_its_identification_has_a_last_day()
    {
        var household = await monitoring.Register();
        var request = Grant(household.Id);
        var aid = await monitoring.Aids().GrantAidAsync(request, cancellationToken: Cancellation);
        Assert.Equal((MonitoringFixture.Village, 2_000_00L, "2024-04-01", "2024-04-08", ClueState.Open, false),
            (aid.Division, aid.AmountFen, aid.AidDate, aid.DueDate, aid.ClueState, aid.Overdue));
        Assert.Equal("monitoring.aid.identification.days", aid.DueCitation.PolicyId);
        var clue = await monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = aid.ClueId }, cancellationToken: Cancellation);
        Assert.Equal((ClueSource.Disaster, household.Id), (clue.Source, clue.HouseholdId));
        var told = Assert.Single(await monitoring.Events("governance.monitoring.v1.AidGranted"), @event => @event.GetProperty("subject").GetString() == aid.Id);
        Assert.Equal(aid.ClueId, told.GetProperty("data").GetProperty("clueId").GetString());
        Assert.False(told.GetProperty("data").TryGetProperty("responsiblePerson", out _));

        // The same again is the same; other content under its id is refused.
        Assert.Equal(aid, await monitoring.Aids().GrantAidAsync(request, cancellationToken: Cancellation));
        request.Aid.AmountFen++;
        Assert.Equal(StatusCode.AlreadyExists, (await MonitoringFixture.Refused(monitoring.Aids().GrantAidAsync(request))).Status);
    }

    [Fact]
    public async Task Identification_that_does_not_start_in_time_is_told_once_and_listed()
    {
        var household = await monitoring.Register();
        var aid = await monitoring.Aids().GrantAidAsync(Grant(household.Id, "2024-03-20"), cancellationToken: Cancellation);
        Assert.True(aid.Overdue);
        var started = await monitoring.Aids().GrantAidAsync(Grant((await monitoring.Register()).Id, "2024-03-20"), cancellationToken: Cancellation);
        await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = started.ClueId, Kind = MonitoredKind.SuddenHardship }, cancellationToken: Cancellation);

        await monitoring.Services.GetRequiredService<ClueClock>().Tick(Cancellation);
        await monitoring.Services.GetRequiredService<ClueClock>().Tick(Cancellation);
        var told = (await monitoring.Events("governance.monitoring.v1.AidOverdue")).ConvertAll(@event => @event.GetProperty("subject").GetString());
        Assert.Single(told, id => id == aid.Id);
        Assert.DoesNotContain(started.Id, told);
        var overdue = await monitoring.Aids().ListAidsAsync(new ListAidsRequest { Overdue = true }, cancellationToken: Cancellation);
        Assert.Contains(overdue.Aids, other => other.Id == aid.Id);
        Assert.DoesNotContain(overdue.Aids, other => other.Id == started.Id);
    }

    [Fact]
    public async Task A_household_that_is_monitored_is_not_identified_again()
    {
        var aid = await monitoring.Aids().GrantAidAsync(Grant((await monitoring.Monitored()).Id), cancellationToken: Cancellation);
        Assert.Equal(("", "", ClueState.Unspecified), (aid.ClueId, aid.DueDate, aid.ClueState));
    }

    [Fact]
    public async Task The_responsible_person_follows_the_household()
    {
        var aid = await monitoring.Aids().GrantAidAsync(Grant((await monitoring.Register()).Id, "2024-03-25"), cancellationToken: Cancellation);
        var request = new RecordFollowUpRequest { AidId = aid.Id, FollowUpId = MonitoringFixture.NewId(), FollowUp = new V1.FollowUp { Note = "已搬入临时住所" } };
        await monitoring.Aids().RecordFollowUpAsync(request, cancellationToken: Cancellation);
        var followed = await monitoring.Aids().RecordFollowUpAsync(request, cancellationToken: Cancellation);
        Assert.Equal(("2024-04-01", "已搬入临时住所"), (Assert.Single(followed.FollowUps).Date, followed.FollowUps[0].Note));

        request.FollowUpId = MonitoringFixture.NewId();
        request.FollowUp.Date = "2024-03-24";
        Assert.Equal((StatusCode.FailedPrecondition, Rules.FollowedLater.Code), await MonitoringFixture.Refused(monitoring.Aids().RecordFollowUpAsync(request)));
        request.FollowUp.Note = " ";
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(monitoring.Aids().RecordFollowUpAsync(request))).Status);
    }

    [Fact]
    public async Task A_neighbour_neither_sees_nor_gives_aid_here()
    {
        var household = await monitoring.Register();
        var aid = await monitoring.Aids().GrantAidAsync(Grant(household.Id), cancellationToken: Cancellation);
        var neighbour = monitoring.Aids(MonitoringFixture.Neighbour);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.GetAidAsync(new GetAidRequest { AidId = aid.Id }))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.GrantAidAsync(Grant(household.Id)))).Status);
        Assert.Empty((await neighbour.ListAidsAsync(new ListAidsRequest(), cancellationToken: Cancellation)).Aids);
    }

    [Theory]
    [InlineData("kind", "aid.kind")]
    [InlineData("amount", "aid.amount_fen")]
    [InlineData("disaster", "aid.disaster")]
    [InlineData("responsible", "aid.responsible_person")]
    [InlineData("date", "aid.aid_date")]
    [InlineData("household", "aid.household_id")]
    public async Task What_is_wrong_with_aid_is_named(string what, string field)
    {
        var request = Grant(MonitoringFixture.NewId());
        switch (what)
        {
            case "kind": request.Aid.Kind = default; break;
            case "amount": request.Aid.AmountFen = -1; break;
            case "disaster": request.Aid.Disaster = default; break;
            case "responsible": request.Aid.ResponsiblePerson = ""; break;
            case "date": request.Aid.AidDate = "2024-04-02"; break;
            default: request.Aid.HouseholdId = "x"; break;
        }
        Assert.Equal([field], await MonitoringFixture.WrongFields(monitoring.Aids().GrantAidAsync(request, cancellationToken: Cancellation)));
    }

    [Fact]
    public async Task The_month_s_list_raises_a_clue_per_household_and_the_same_list_none()
    {
        var member = monitoring.NewMember();
        var byPerson = await monitoring.Register(monitoring.NewHousehold(member));
        var byNumber = await monitoring.Register();
        var abroad = monitoring.NewHousehold();
        abroad.Division = "619902100001";
        abroad.SettlementId = "";
        abroad = await monitoring.Register(abroad);
        var csv = $"""
            户编号,身份证号码,灾害种类,受灾日期,经济损失
            {byNumber.Number},,洪涝,2024-03-28,3000
            {byNumber.Number},,风雹,2024-03-30,500.50
            ,{member.IdentityNumber},火灾,2024-03-29,
            {byNumber.Number},{member.IdentityNumber},火灾,2024-03-29,
            ,,火灾,2024-03-29,
            {abroad.Number},,火灾,2024-03-29,
            {byNumber.Number},,海啸,2024-03-29,
            {byNumber.Number},,火灾,2024-04-02,
            """;
        var report = await Import(csv);
        Assert.Equal((8, 3, 0, 5), (report.Rows, report.Created, report.Updated, report.Rejected));
        Assert.Equal([(5, Rules.DisasterOfWhom.Code), (6, Rules.DisasterOfWhom.Code), (7, Rules.DisasterUnknown.Code), (8, "NOT_A_CHOICE"), (9, "IN_THE_FUTURE")],
            report.Errors.Select(error => (error.Line, error.Rule)));
        var clue = Assert.Single(await DisasterClues(byNumber.Id));
        Assert.Equal(("MON-07.disaster", "应急管理部门报送受灾：2024-03-28 洪涝、2024-03-30 风雹，经济损失 3500.50 元。"), (clue.Rule, clue.Explanation));
        Assert.Single(await DisasterClues(byPerson.Id));

        report = await Import(csv);
        Assert.Equal((0, 0, 3), (report.Created, report.Updated, report.Unchanged));
        Assert.Single(await DisasterClues(byNumber.Id));

        // Aid for a household on the list is identified by the list's clue.
        Assert.Equal(clue.Id, (await monitoring.Aids().GrantAidAsync(Grant(byNumber.Id), cancellationToken: Cancellation)).ClueId);

        // Refuted, it needs another disaster.
        await monitoring.Clues().RefuteClueAsync(new RefuteClueRequest { ClueId = clue.Id, Reason = "损失已由保险赔付" }, cancellationToken: Cancellation);
        await Import(csv);
        Assert.Single(await DisasterClues(byNumber.Id));
        await Import($"number,disaster,date\n{byNumber.Number},FIRE,2024-03-31");
        Assert.Equal(2, (await DisasterClues(byNumber.Id)).Count);
    }

    [Fact]
    public async Task The_list_tells_of_casualties_the_dwelling_and_the_water_and_what_is_worse_than_it_said_is_a_new_sign()
    {
        var household = await monitoring.Register();
        await Import(Row("0", "否", ""));
        var clue = Assert.Single(await DisasterClues(household.Id));
        Assert.Equal("应急管理部门报送受灾：2024-03-28 洪涝，经济损失 100.00 元。", clue.Explanation);
        await monitoring.Clues().RefuteClueAsync(new RefuteClueRequest { ClueId = clue.Id, Reason = "未受影响" }, cancellationToken: Cancellation);

        Assert.Equal(1, (await Import(Row("2", "是", "是"))).Updated);
        Assert.Equal(1, (await Import(Row("2", "是", "是"))).Unchanged);
        var worse = Assert.Single(await DisasterClues(household.Id), other => other.Id != clue.Id);
        Assert.Equal("应急管理部门报送受灾：2024-03-28 洪涝，经济损失 100.00 元，人员伤亡 2 人，住房受损，饮水受影响。", worse.Explanation);
        Assert.Equal(["OUT_OF_RANGE", "NOT_A_FLAG"], (await Import(Row("-1", "也许", ""))).Errors.Select(error => error.Rule));

        string Row(string casualties, string dwelling, string water) =>
            $"户编号,灾害种类,受灾日期,经济损失,人员伤亡,住房受损,饮水受影响\n{household.Number},洪涝,2024-03-28,100,{casualties},{dwelling},{water}\n";
    }

    async Task<ImportReport> Import(string csv)
    {
        using var call = monitoring.Aids().ImportDisasters(cancellationToken: Cancellation);
        await call.RequestStream.WriteAsync(new ImportDisastersRequest { ImportId = MonitoringFixture.NewId(),
            File = new HttpBody { Data = ByteString.CopyFromUtf8(csv) } }, Cancellation);
        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }

    async Task<IReadOnlyList<V1.Clue>> DisasterClues(string household) => (await monitoring.Clues().ListCluesAsync(
        new ListCluesRequest { HouseholdId = household, Source = ClueSource.Disaster }, cancellationToken: Cancellation)).Clues;

    static GrantAidRequest Grant(string household, string date = "") => new()
    {
        AidId = MonitoringFixture.NewId(),
        Aid = new V1.Aid
        {
            HouseholdId = household, Kind = AidKind.Relief, AmountFen = 2_000_00, AidDate = date, Disaster = DisasterKind.Flood, ResponsiblePerson = "示例干部",
            Description = "洪水进屋，先行救助",
        },
    };
}
