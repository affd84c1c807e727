using System.Net;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Validation;
using Google.Api;
using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>A county meets in the last ten days of the month over figures that stay what they were (MON-10).</summary>
public sealed class BriefingTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    [Fact]
    public async Task A_briefing_takes_down_the_figures_of_a_month_beside_those_of_the_month_before()
    {
        await monitoring.Monitored();
        var uninsured = monitoring.NewMember();
        uninsured.Insurance = Insurance.Uninsured;
        await monitoring.Register(monitoring.NewHousehold(uninsured));
        await monitoring.Screening().RunScreeningAsync(new RunScreeningRequest());
        Assert.Equal((StatusCode.FailedPrecondition, Rules.MeetingDays.Code), await MonitoringFixture.Refused(Create("2024-04")));

        monitoring.Clock.Set(new DateTimeOffset(2024, 4, 25, 1, 0, 0, TimeSpan.Zero));
        var id = MonitoringFixture.NewId();
        var april = await Create("2024-04", id);
        Assert.Equal(("2024-04-25", "21", "S2 二(一)3"), (april.CreatedDate, april.Citation.Value, april.Citation.Source));
        Assert.Equal(
            [
                "clues.overdue 1", "clues.rule.MON-05.uninsured_member 1", "clues.source.2 1", "clues.source.5 1", "households 2", "incomes.missing 2",
                "monitored.unstable 1", "people 2", "plans.overdue 1", "uninsured 1",
            ],
            april.Figures.Where(figure => figure.Division == MonitoringFixture.County).Select(figure => $"{figure.Figure} {figure.Value}"));
        Assert.All(april.Figures, figure => Assert.True(figure.Title.Length > 0 && !figure.HasBefore));
        Assert.Contains(april.Figures, figure => figure is { Division: "619901001", Figure: "households", Value: 2 });
        Assert.Equal(april, await Create("2024-04", id));
        Assert.Equal((StatusCode.AlreadyExists, "ALREADY_EXISTS"), await MonitoringFixture.Refused(Create("2024-03", id)));
        Assert.Equal((StatusCode.AlreadyExists, Rules.BriefingOnce.Code), await MonitoringFixture.Refused(Create("2024-04")));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.BriefingOfCounty.Code), await MonitoringFixture.Refused(Create("2024-04", division: "619901001")));

        // What is registered afterwards changes the next briefing, not this one.
        await monitoring.Register();
        Assert.Equal(april, await Client().GetBriefingAsync(new GetBriefingRequest { BriefingId = april.Id }));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.MeetingDate.Code), await MonitoringFixture.Refused(Hold(april.Id, "2024-04-24")));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.MeetingDate.Code), await MonitoringFixture.Refused(Hold(april.Id, "2024-04-26")));
        var held = await Hold(april.Id, "2024-04-25");
        Assert.Equal(("2024-04-25", false, "甲县联席〔2024〕4号"), (held.HeldDate, held.HeldLate, held.Minutes));
        Assert.Equal(held, await Hold(april.Id, "2024-04-25"));
        monitoring.Clock.Set(new DateTimeOffset(2024, 6, 2, 1, 0, 0, TimeSpan.Zero));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.MeetingOnce.Code), await MonitoringFixture.Refused(Hold(april.Id, "2024-06-01")));

        var may = await Create("2024-05");
        Assert.Contains(may.Figures, figure => figure is { Division: MonitoringFixture.County, Figure: "households", Value: 3, Before: 2 });
        // The clues of April are none of May's.
        Assert.Contains(may.Figures, figure => figure is { Division: MonitoringFixture.County, Figure: "clues.source.2", Value: 0, Before: 1 });
        Assert.True((await Hold(may.Id, "2024-06-02")).HeldLate);
        Assert.Equal([april.Id, may.Id], (await Client().ListBriefingsAsync(new ListBriefingsRequest())).Briefings.Select(briefing => briefing.Id));
        Assert.Equal(may.Id, Assert.Single((await Client().ListBriefingsAsync(new ListBriefingsRequest { Month = "2024-05" })).Briefings).Id);
        Assert.Equal([may.Id], await Listed("2024-05", ""));
        Assert.Equal([april.Id], await Listed("2024-01", "2024-04"));
        Assert.Equal([april.Id, may.Id], await Listed("2024-04", "2024-05"));
        Assert.Empty(await Listed("2024-06", ""));
        await Assert_the_documents_say(april.Id, "示例县2024年4月", "数据截至2024年4月25日", "甲街道", "本月线索：成员未参保", "联席会议于2024年4月25日召开。会议记录：甲县联席〔2024〕4号。");
        await Assert_the_documents_say(may.Id, "示例县2024年5月", "+1", "-1", "逾期召开");
        Assert.DoesNotContain("赵例", (await Document(may.Id, "html")).Data.ToStringUtf8(), StringComparison.Ordinal);
        Assert.Equal(["format"], await MonitoringFixture.WrongFields(Document(may.Id, "pdf")));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Document(may.Id, "docx", MonitoringFixture.Neighbour))).Status);
        Assert.Equal(["BriefingCreated", "MeetingHeld"], (await monitoring.Events())
            .Where(@event => @event.GetProperty("subject").GetString() == april.Id).Select(@event => @event.GetProperty("type").GetString()!.Split('.')[^1]));

        var neighbour = Client(MonitoringFixture.Neighbour);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.GetBriefingAsync(new GetBriefingRequest { BriefingId = april.Id }))).Status);
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(neighbour.CreateBriefingAsync(
            new CreateBriefingRequest { BriefingId = MonitoringFixture.NewId(), Briefing = new V1.Briefing { Division = MonitoringFixture.County, Month = "2024-05" } }))).Status);
        Assert.Empty((await neighbour.ListBriefingsAsync(new ListBriefingsRequest())).Briefings);
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Create("2024-5"))).Status);
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Hold(april.Id, "2024-02-30"))).Status);
    }

    async Task<IEnumerable<string>> Listed(string from, string until) =>
        (await Client().ListBriefingsAsync(new ListBriefingsRequest { FromMonth = from, UntilMonth = until })).Briefings.Select(briefing => briefing.Id);

    AsyncUnaryCall<HttpBody> Document(string id, string format, string division = MonitoringFixture.County) =>
        Client(division).GetBriefingDocumentAsync(new GetBriefingDocumentRequest { BriefingId = id, Format = format });

    async Task Assert_the_documents_say(string id, params string[] sentences)
    {
        var page = await Document(id, "");
        Assert.Equal("text/html; charset=utf-8", page.ContentType);
        using var file = FormTests.Open((await Document(id, "docx")).Data.ToByteArray());
        Assert.Empty(new OpenXmlValidator(FileFormatVersions.Office2019).Validate(file).Select(fault => fault.Description));
        foreach (var text in (string[])[WebUtility.HtmlDecode(page.Data.ToStringUtf8()), file.MainDocumentPart!.Document.InnerText])
            Assert.All(sentences, sentence => Assert.Contains(sentence, text, StringComparison.Ordinal));
    }

    V1.Briefings.BriefingsClient Client(string division = MonitoringFixture.County) => new(monitoring.Officer(division));

    AsyncUnaryCall<V1.Briefing> Create(string month, string? id = null, string division = MonitoringFixture.County) => Client().CreateBriefingAsync(
        new CreateBriefingRequest { BriefingId = id ?? MonitoringFixture.NewId(), Briefing = new V1.Briefing { Division = division, Month = month } });

    AsyncUnaryCall<V1.Briefing> Hold(string id, string date) => Client().HoldMeetingAsync(
        new HoldMeetingRequest { BriefingId = id, HeldDate = date, Minutes = "甲县联席〔2024〕4号" });
}
