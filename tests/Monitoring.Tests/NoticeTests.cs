using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Governance.Monitoring.Tests.MonitoringFixture;

namespace Governance.Monitoring.Tests;

/// <summary>The notice board, as anybody sees it who walks past.</summary>
public sealed class NoticeTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    readonly ExitCase _case = new(monitoring);

    V1.Notices.NoticesClient Passer => new(monitoring.Anonymous);

    [Fact]
    public async Task A_notice_hangs_from_the_day_it_is_put_up_until_its_last_day_is_over_and_says_who_what_when_and_where_to_object()
    {
        // By now the notices of other tests are over.
        monitoring.Clock.Set(new DateTimeOffset(2024, 5, 1, 1, 0, 0, TimeSpan.Zero));
        var children = new[] { monitoring.NewMember(), monitoring.NewMember(Relation.Son, 2015) };
        children[0].Name = "钱例三";
        children[1].Name = "钱例四";
        var household = await monitoring.Monitored(monitoring.NewHousehold(children));
        await monitoring.RecordYear(household.Id, 450_000);
        var struck = await _case.Ready();
        var exit = await _case.UpTo("village_verification", household, struck);
        Assert.Empty((await List(Village)).Notices);
        await monitoring.Exits().StrikeHouseholdAsync(new StrikeHouseholdRequest { ExitId = exit.Id, HouseholdId = struck.Id, Reason = "住房未验收" });
        await _case.Act(exit);

        var notice = Assert.Single((await List(Village)).Notices);
        Assert.Equal(new Notice
        {
            Id = exit.ProcedureId,
            Kind = StepKind.Notice,
            Title = "甲一社区贫困户退出第一次公示",
            Division = Village,
            DivisionName = "甲一社区",
            FromDate = "2024-05-02",
            UntilDate = "2024-05-08",
            Householders = { "钱例三" },
            Contact = "村（居）民委员会或乡镇人民政府（街道办事处）",
        }, notice);
        Assert.Equal(notice, await Get(Village, notice.Id));
        Assert.Equal([notice], (await List("619901001")).Notices);
        // Nobody sees more for being signed in, and another place's board does not have it.
        Assert.Equal([notice], (await new V1.Notices.NoticesClient(monitoring.Officer(Neighbour)).ListNoticesAsync(new ListNoticesRequest { Division = Village })).Notices);
        Assert.Empty((await List("619901001002")).Notices);
        Assert.Equal(StatusCode.NotFound, (await Refused(Get("619902100001", notice.Id))).Status);
        var english = await Passer.GetNoticeAsync(new GetNoticeRequest { Division = Village, NoticeId = notice.Id }, new Metadata { { "accept-language", "en" } });
        Assert.Equal("甲一社区: Exit of a household, First public notice", english.Title);

        var board = await Board(Village);
        Assert.All((string[])["甲一社区贫困户退出第一次公示", "钱例三", "2024年5月2日至2024年5月8日", "如有异议"], said => Assert.Contains(said, board, StringComparison.Ordinal));
        Assert.All((string[])["钱例四", "赵例一", household.Id, household.Number, "900"], hidden => Assert.DoesNotContain(hidden, board, StringComparison.Ordinal));
        Assert.DoesNotMatch("\\d{17}[\\dX]", board);

        // Its last day is over, whether or not the sweeper has come by.
        monitoring.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Empty((await List(Village)).Notices);
        Assert.Equal(StatusCode.NotFound, (await Refused(Get(Village, notice.Id))).Status);
        Assert.DoesNotContain("钱例三", await Board(Village), StringComparison.Ordinal);

        // The same procedure's second notice and its announcement.
        await _case.Sweep();
        await _case.Act(exit);
        Assert.Equal("甲一社区贫困户退出第二次公示", (await Get(Village, notice.Id)).Title);
        monitoring.Clock.Advance(TimeSpan.FromDays(8));
        await _case.Sweep();
        await _case.Act(exit);
        notice = await Get(Village, notice.Id);
        Assert.Equal((StepKind.Announcement, "2024-05-22"), (notice.Kind, notice.UntilDate));
        Assert.Equal(["钱例三"], notice.Householders);
        Assert.Contains("公告期", await Board(Village), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_board_is_leafed_through_page_by_page()
    {
        monitoring.Clock.Set(new DateTimeOffset(2024, 4, 1, 1, 0, 0, TimeSpan.Zero));
        var already = (await List(Village)).Notices.Count;
        var exits = new List<V1.Exit>();
        for (var i = 0; i < 3; i++)
            exits.Add(await _case.UpTo("first_notice", await _case.Ready()));
        var first = await Passer.ListNoticesAsync(new ListNoticesRequest { Division = Village, PageSize = 2 + already });
        Assert.Equal(2 + already, first.Notices.Count);
        var second = await Passer.ListNoticesAsync(new ListNoticesRequest { Division = Village, PageSize = 2 + already, PageToken = first.NextPageToken });
        Assert.Equal((1, ""), (second.Notices.Count, second.NextPageToken));
        Assert.Superset(exits.Select(exit => exit.ProcedureId).ToHashSet(StringComparer.Ordinal),
            first.Notices.Concat(second.Notices).Select(notice => notice.Id).ToHashSet(StringComparer.Ordinal));
        var page = await Passer.ShowBoardAsync(new ShowBoardRequest { Division = Village, PageSize = 1 });
        Assert.Contains("下一页的 page_token 为", page.Data.ToStringUtf8(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0, "")]
    [InlineData("61", 0, "")]
    [InlineData("619901", 0, "")]
    [InlineData("61990100100x", 0, "")]
    [InlineData(Village, 101, "")]
    [InlineData(Village, -1, "")]
    [InlineData(Village, 0, "x")]
    public async Task Nobody_leafs_through_a_county_or_asks_what_makes_no_sense(string division, int pageSize, string pageToken)
    {
        Assert.Equal(StatusCode.InvalidArgument,
            (await Refused(Passer.ListNoticesAsync(new ListNoticesRequest { Division = division, PageSize = pageSize, PageToken = pageToken }))).Status);
        Assert.Equal(StatusCode.InvalidArgument,
            (await Refused(Passer.ShowBoardAsync(new ShowBoardRequest { Division = division, PageSize = pageSize, PageToken = pageToken }))).Status);
        Assert.Equal(StatusCode.InvalidArgument, (await Refused(Get(division, "x"))).Status);
    }

    [Fact]
    public async Task An_empty_board_says_so() =>
        Assert.Contains("目前没有正在公示", await Board("619901100002"), StringComparison.Ordinal);

    AsyncUnaryCall<ListNoticesResponse> List(string division) => Passer.ListNoticesAsync(new ListNoticesRequest { Division = division });

    AsyncUnaryCall<Notice> Get(string division, string id) => Passer.GetNoticeAsync(new GetNoticeRequest { Division = division, NoticeId = id });

    async Task<string> Board(string division) => (await Passer.ShowBoardAsync(new ShowBoardRequest { Division = division })).Data.ToStringUtf8();
}

/// <summary>Education aid, from the school's survey to the county's approval.</summary>
public sealed class EducationAidTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task A_pupil_is_aided_once_a_school_year_after_survey_application_review_notice_and_approval()
    {
        var household = await Family();
        var request = Request(household);
        var aid = await monitoring.EducationAids().RegisterEducationAidAsync(request);
        Assert.Equal((EducationAidState.Surveyed, Village, 125_000L), (aid.State, aid.Division, aid.AmountFen));
        Assert.Equal(aid, await monitoring.EducationAids().RegisterEducationAidAsync(request));
        Assert.Equal(aid, await monitoring.EducationAids().GetEducationAidAsync(new GetEducationAidRequest { EducationAidId = aid.Id }));
        request.EducationAid.AmountFen = 1;
        Assert.Equal(StatusCode.AlreadyExists, (await Refused(monitoring.EducationAids().RegisterEducationAidAsync(request))).Status);
        request.EducationAidId = NewId();
        Assert.Equal((StatusCode.AlreadyExists, Rules.OneAid.Code), await Refused(monitoring.EducationAids().RegisterEducationAidAsync(request)));

        await Act(aid, "school_survey", County, "survey");
        Assert.Equal("PROCEDURE_LEVEL", (await Refused(ActAsync(aid, "application", County, "application"))).Reason);
        await Act(aid, "application", Village, "application");
        await Act(aid, "school_review", County);
        var notice = Assert.Single((await Passer.ListNoticesAsync(new ListNoticesRequest { Division = Village })).Notices);
        // Monday the 1st, Qingming from the 4th to the 6th, and Sunday the 7th is worked.
        Assert.Equal(("甲一社区教育资助学校公示", "2024-04-09"), (notice.Title, notice.UntilDate));
        Assert.Equal(["赵例一"], notice.Householders);
        monitoring.Clock.Advance(TimeSpan.FromDays(9));
        await monitoring.Services.GetRequiredService<Platform.Procedures.ProcedureSweeper>().Sweep(default);
        await Act(aid, "county_approval", County);

        Assert.Equal(EducationAidState.Approved, (await monitoring.EducationAids().GetEducationAidAsync(new GetEducationAidRequest { EducationAidId = aid.Id })).State);
        var told = Assert.Single(await monitoring.Events("governance.monitoring.v1.EducationAidApproved"));
        Assert.Equal((household.Id, "125000"), (told.GetProperty("data").GetProperty("householdId").GetString(), told.GetProperty("data").GetProperty("amountFen").GetString()));
        Assert.Equal([aid.Id], (await monitoring.EducationAids().ListEducationAidsAsync(new ListEducationAidsRequest
        {
            HouseholdId = household.Id, State = EducationAidState.Approved, SchoolYear = 2023,
        })).EducationAids.Select(listed => listed.Id));
        Assert.Empty((await monitoring.EducationAids(Neighbour).ListEducationAidsAsync(new ListEducationAidsRequest())).EducationAids);
        Assert.Equal(StatusCode.NotFound, (await Refused(monitoring.EducationAids(Neighbour).GetEducationAidAsync(new GetEducationAidRequest { EducationAidId = aid.Id }))).Status);
        monitoring.Clock.Set(new DateTimeOffset(2024, 4, 1, 1, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_rejected_aid_frees_the_pupil_for_another()
    {
        var household = await Family();
        var aid = await monitoring.EducationAids().RegisterEducationAidAsync(Request(household));
        await ActAsync(aid, "school_survey", County, "survey", Outcome.Reject);
        Assert.Equal(EducationAidState.Rejected, (await monitoring.EducationAids().GetEducationAidAsync(new GetEducationAidRequest { EducationAidId = aid.Id })).State);
        await monitoring.EducationAids().RegisterEducationAidAsync(Request(household));
    }

    [Fact]
    public async Task Only_pupils_in_school_of_households_in_need_are_aided()
    {
        var dropped = await Family(SchoolStatus.DroppedOut);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.AidPupil.Code), await Refused(monitoring.EducationAids().RegisterEducationAidAsync(Request(dropped))));
        var well = await Family(SchoolStatus.Enrolled, HouseholdCategory.General);
        Assert.Equal((StatusCode.FailedPrecondition, Rules.AidHousehold.Code), await Refused(monitoring.EducationAids().RegisterEducationAidAsync(Request(well))));
        var stranger = Request(await Family());
        stranger.EducationAid.MemberId = NewId();
        Assert.Equal(StatusCode.NotFound, (await Refused(monitoring.EducationAids().RegisterEducationAidAsync(stranger))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refused(monitoring.EducationAids(Neighbour).RegisterEducationAidAsync(Request(await Family())))).Status);
    }

    static readonly Action<V1.EducationAid>[] _spoils =
    [
        aid => aid.HouseholdId = "x", aid => aid.MemberId = "x", aid => aid.School = " ", aid => aid.Stage = (SchoolStage)9, aid => aid.SchoolYear = 2021,
        aid => aid.SchoolYear = 2025, aid => aid.AmountFen = 0, aid => aid.AmountFen = -1, aid => aid.AmountFen = 10_000_001, aid => aid.Finding = "\u0007",
    ];

    public static TheoryData<int> Malformed => [.. Enumerable.Range(0, _spoils.Length)];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_aid_is_refused(int fault)
    {
        var request = new RegisterEducationAidRequest
        {
            EducationAidId = NewId(),
            EducationAid = new V1.EducationAid { HouseholdId = NewId(), MemberId = NewId(), School = "示例小学", Stage = SchoolStage.Primary, SchoolYear = 2023, AmountFen = 1, Finding = "家庭困难" },
        };
        _spoils[fault](request.EducationAid);
        Assert.Equal(StatusCode.InvalidArgument, (await Refused(monitoring.EducationAids().RegisterEducationAidAsync(request))).Status);
    }

    V1.Notices.NoticesClient Passer => new(monitoring.Anonymous);

    Task<V1.Household> Family(SchoolStatus school = SchoolStatus.Enrolled, HouseholdCategory category = HouseholdCategory.OutOfPoverty)
    {
        var child = monitoring.NewMember(Relation.Son, 2015);
        child.SchoolStatus = school;
        var household = monitoring.NewHousehold(monitoring.NewMember(), child);
        household.Category = category;
        return monitoring.Register(household);
    }

    static RegisterEducationAidRequest Request(V1.Household household) => new()
    {
        EducationAidId = NewId(),
        EducationAid = new V1.EducationAid
        {
            HouseholdId = household.Id,
            MemberId = household.Members.Single(member => member.Relation == Relation.Son).Id,
            School = "示例小学",
            Stage = SchoolStage.Primary,
            SchoolYear = 2023,
            AmountFen = 125_000,
            Finding = "寄宿生，家庭经济困难",
        },
    };

    async Task Act(V1.EducationAid aid, string step, string division, string attachment = "") => await ActAsync(aid, step, division, attachment);

    AsyncUnaryCall<Procedure> ActAsync(V1.EducationAid aid, string step, string division, string attachment, Outcome outcome = Outcome.Approve)
    {
        var act = new ActRequest { ProcedureId = aid.ProcedureId, StepId = step, Outcome = outcome, Note = "已核实" };
        if (attachment.Length > 0)
            act.Attachments.Add(new Attachment { Kind = attachment, Name = $"{attachment}.pdf", Uri = $"urn:test:{attachment}" });
        return monitoring.Procedures(division).ActAsync(act);
    }
}
