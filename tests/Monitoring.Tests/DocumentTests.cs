using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using Google.Api;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;
using static Governance.Monitoring.Tests.MonitoringFixture;

namespace Governance.Monitoring.Tests;

/// <summary>Forms as pages and as Word files.</summary>
public sealed class FormTests
{
    const string Hostile = "<script>alert(1)</script> & \"引号\" '单引号' \u0001\uFFFE 𠮷\n第二行 {{PAGE}} =cmd|' /C calc'!A0";

    static readonly Form _hostile = new(Hostile,
        new FormLine(Hostile), new FormLine(Hostile, FormLineStyle.Heading), new FormLine(Hostile, FormLineStyle.Flush), new FormLine(Hostile, FormLineStyle.Right),
        new FormTable([new(Hostile, 40), new("二", 60, Running: true)], [[Hostile, Hostile]]))
    {
        Label = Hostile,
    };

    [Fact]
    public void What_a_page_holds_is_text_and_runs_nothing()
    {
        var html = Encoding.UTF8.GetString(FormPage.Write(Hostile, _hostile));
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(11, html.Split("&lt;script&gt;").Length);
        Assert.DoesNotContain("http", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("𠮷\n第二行", html.Replace("&#x20BB7;", "𠮷", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_word_file_holds_is_text_in_valid_markup()
    {
        using var file = Open(FormFile.Write(_hostile));
        Assert.Empty(new OpenXmlValidator(FileFormatVersions.Office2019).Validate(file).Select(fault => fault.Description));
        Assert.Contains("<script>alert(1)</script> & \"引号\"", file.MainDocumentPart!.Document.InnerText, StringComparison.Ordinal);
        Assert.Contains("𠮷", file.MainDocumentPart.Document.InnerText, StringComparison.Ordinal);
        Assert.Empty(file.MainDocumentPart.ExternalRelationships);
        Assert.Empty(file.MainDocumentPart.HyperlinkRelationships);
    }

    /// <summary>A Word file that was made.</summary>
    internal static WordprocessingDocument Open(byte[] content) => WordprocessingDocument.Open(new MemoryStream(content), isEditable: false);
}

/// <summary>The eight forms of the exit file (MON-12), each when its step has come.</summary>
public sealed class DocumentTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    readonly ExitCase _case = new(monitoring);

    // What only this form says, for the case of the test.
    static readonly Dictionary<string, string[]> _said = new(StringComparer.Ordinal)
    {
        ["application"] = ["建档立卡贫困户退出申请书", "甲一社区居民委员会", "人均纯收入 9000.00 元", "家庭人口 1 人"],
        ["minutes"] = ["村民代表大会民主评议会议记录", "刘例一", "对村民小组提名退出的 2 户进行民主评议", "通过 1 户，未通过 1 户", "2024年4月1日"],
        ["tally"] = ["村民代表大会民主评议统计表", "应到 30 人，实到 20 人", "未通过"],
        ["first_notice"] = ["甲一社区建档立卡贫困户退出初选名单公示", "下列 1 户", "公示期 7 天：2024年4月2日至2024年4月8日", "公示期内如有异议"],
        ["township_report"] = ["关于审核确认建档立卡贫困户退出的报告", "甲街道办事处", "未收到异议", "2024年4月9日"],
        ["second_notice"] = ["甲街道建档立卡贫困户退出名单公示", "公示期 7 天：2024年4月10日至2024年4月16日", "甲街道办事处（盖章）"],
        ["county_report"] = ["关于送审建档立卡贫困户退出的报告", "示例县委农村工作领导小组", "请予审批"],
        ["announcement"] = ["示例县建档立卡贫困户退出名单公告", "2024年4月17日批准下列 1 户退出", "公告期 5 天：2024年4月18日至2024年4月22日", "继续执行至2029年4月17日"],
    };

    [Fact]
    public async Task Every_form_can_be_had_from_its_step_on_with_the_data_of_the_case()
    {
        var (exits, votedDown) = (await _case.Ready(), await _case.Ready());
        var exit = await monitoring.Exits().NominateExitAsync(ExitCase.Nomination(exits, votedDown));
        string[] steps = ["nomination", "representatives_vote", "village_verification", "first_notice", "township_review", "second_notice", "county_approval", "announcement"];
        var from = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["application"] = "nomination", ["minutes"] = "village_verification", ["tally"] = "village_verification", ["first_notice"] = "first_notice",
            ["township_report"] = "township_review", ["second_notice"] = "second_notice", ["county_report"] = "county_approval", ["announcement"] = "announcement",
        };
        foreach (var step in steps)
        {
            Assert.Equal(step, await _case.OpenStep(exit));
            foreach (var (document, first) in from)
            {
                if (Array.IndexOf(steps, first) <= Array.IndexOf(steps, step))
                    await Assert_is_whole(exit, document, exits.Id);
                else
                    Assert.Equal((StatusCode.FailedPrecondition, Rules.DocumentDue.Code), await Refused(Get(exit, document, "docx", exits.Id)));
            }
            if (step == "representatives_vote")
            {
                var meeting = _case.Meeting(exit);
                var lost = meeting.Votes.Single(vote => vote.HouseholdId == votedDown.Id);
                (lost.InFavour, lost.Against) = (5, 15);
                await monitoring.Exits().RecordMeetingAsync(new RecordMeetingRequest { ExitId = exit.Id, Meeting = meeting });
            }
            if (step.EndsWith("notice", StringComparison.Ordinal))
            {
                monitoring.Clock.Advance(TimeSpan.FromDays(8));
                await _case.Sweep();
            }
            else if (step != "announcement")
            {
                await _case.Act(exit);
            }
        }

        var looks = await new V1.Operations.OperationsClient(monitoring.Officer()).ListAuditEntriesAsync(new ListAuditEntriesRequest { Subject = exit.Id, PageSize = 1000 });
        Assert.Superset(from.Keys.ToHashSet(StringComparer.Ordinal), looks.Entries.Select(entry => entry.Purpose).ToHashSet(StringComparer.Ordinal));
        Assert.DoesNotContain(looks.Entries, entry => entry.ToString().Contains("赵例一", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("diploma", "html", true)]
    [InlineData("", "html", true)]
    [InlineData("tally", "pdf", true)]
    [InlineData("application", "html", false)]
    public async Task What_is_no_document_is_refused(string document, string format, bool household)
    {
        var nominated = await _case.Ready();
        var exit = await monitoring.Exits().NominateExitAsync(ExitCase.Nomination(nominated));
        Assert.Equal(StatusCode.InvalidArgument, (await Refused(Get(exit, document, format, household ? nominated.Id : ""))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refused(Get(exit, "application", "html", NewId()))).Status);
        Assert.Equal(StatusCode.NotFound, (await Refused(monitoring.Exits(Neighbour).GetExitDocumentAsync(new GetExitDocumentRequest { ExitId = exit.Id, Document = "tally" }))).Status);
    }

    async Task Assert_is_whole(V1.Exit exit, string document, string household)
    {
        var page = await Get(exit, document, "", household);
        Assert.Equal("text/html; charset=utf-8", page.ContentType);
        var word = await Get(exit, document, "docx", household);
        Assert.Equal("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word.ContentType);
        using var file = FormTests.Open(word.Data.ToByteArray());
        Assert.Empty(new OpenXmlValidator(FileFormatVersions.Office2019).Validate(file).Select(fault => fault.Description));
        foreach (var text in (string[])[page.Data.ToStringUtf8(), file.MainDocumentPart!.Document.InnerText])
        {
            if (document is not "minutes")
                Assert.Contains("赵例一", text, StringComparison.Ordinal);
            Assert.DoesNotMatch("\\d{17}[\\dX]", text);
            Assert.All(_said[document], said => Assert.Contains(said, text, StringComparison.Ordinal));
        }
    }

    AsyncUnaryCall<HttpBody> Get(V1.Exit exit, string document, string format, string household) => monitoring.Exits().GetExitDocumentAsync(
        new GetExitDocumentRequest { ExitId = exit.Id, Document = document, Format = format, HouseholdId = document == "application" ? household : "" });
}
