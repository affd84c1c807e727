using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;

namespace Governance.Monitoring;

/// <summary>What the forms of an exit are filled in with: the list, its procedure, and how places and authorities are called.</summary>
sealed record ExitFile(Exit Exit, Procedure Procedure, string Village, string Township, string County, string Authority, string Contact)
{
    public Step? Step(string id) => Procedure.Steps.FirstOrDefault(step => step.Id == id);

    /// <summary>Who was on the list during <paramref name="step"/>: all but those whom that step or one before it struck off.</summary>
    public IReadOnlyList<ExitEntry> ListedDuring(string step)
    {
        var order = Procedure.Steps.Select(known => known.Id).ToList();
        return [.. Exit.Households.Where(entry => entry.State != ExitHouseholdState.Struck || order.IndexOf(entry.StruckStep) > order.IndexOf(step))];
    }

    public int ObjectionsTo(string step) => Procedure.Acts.Count(act => act.StepId == step && act.Objection.Length > 0);

    public string Committee => Village.EndsWith("社区", StringComparison.Ordinal) ? $"{Village}居民委员会" : $"{Village}村民委员会";

    public string TownshipGovernment => Township.EndsWith("街道", StringComparison.Ordinal) ? $"{Township}办事处" : $"{Township}人民政府";
}

/// <summary>
/// One of the eight forms of the exit file (MON-12, S3a 附件). It is there once <paramref name="Step"/> is open, or done where
/// <paramref name="AfterStep"/>; before that there is nothing to fill it in with.
/// </summary>
sealed record ExitForm(string Id, string Step, bool AfterStep, Func<ExitFile, ExitEntry?, Form> Fill)
{
    /// <summary>Whether it is of one household rather than of the list.</summary>
    public bool OfOneHousehold => Id == "application";

    public bool IsDue(ExitFile file) => file.Step(Step) is { } step
        && (AfterStep ? step.DoneTime is not null : step.OpenTime is not null) && (Id is not ("minutes" or "tally") || file.Exit.Meeting is not null);
}

/// <summary>The eight forms, in the order of the file.</summary>
static class ExitForms
{
    const string Blank = "　　　　　　　";

    public static IReadOnlyList<ExitForm> All { get; } =
    [
        new("application", "nomination", false, (file, entry) => Application(file, entry!)),
        new("minutes", "representatives_vote", false, (file, _) => Minutes(file)),
        new("tally", "representatives_vote", false, (file, _) => Tally(file)),
        new("first_notice", "first_notice", false, (file, _) => FirstNotice(file)),
        new("township_report", "first_notice", true, (file, _) => TownshipReport(file)),
        new("second_notice", "second_notice", false, (file, _) => SecondNotice(file)),
        new("county_report", "second_notice", true, (file, _) => CountyReport(file)),
        new("announcement", "announcement", false, (file, _) => Announcement(file)),
    ];

    static Form Application(ExitFile file, ExitEntry entry) => new("建档立卡贫困户退出申请书",
        new FormLine($"{file.Committee}：", FormLineStyle.Flush),
        new FormLine($"我户户主{entry.Householder}，户编号 {entry.Number}，家庭人口 {entry.MemberCount} 人。经帮扶和自身努力，近四个季度家庭人均纯收入 {Texts.Yuan(entry.PerCapitaNet)} 元，"
            + "稳定超过当年标准；有安全住房；家中无因贫失学、辍学人员，已达到退出条件，现自愿申请退出。"),
        new FormLine("我户知晓：退出后在一定时期内继续享受有关帮扶政策；今后家庭情况发生变化的，可以重新申请纳入。以上情况属实。"),
        new FormLine($"申请人（签字、按手印）：{Blank}", FormLineStyle.Right),
        new FormLine("年　　月　　日　　", FormLineStyle.Right),
        new FormTable([new("", 25), new("", 75, Running: true)],
        [
            ["村民小组\n提名意见", "\n\n组长（签字）：　　　　　　　　　　年　　月　　日"],
            ["村民委员会和\n驻村工作队\n核实意见", "\n\n负责人（签字）：　　　　　　　　　年　　月　　日"],
        ]))
    {
        Label = "附件 1",
    };

    static Form Minutes(ExitFile file)
    {
        var meeting = file.Exit.Meeting!;
        var voted = file.Exit.Households.Where(entry => entry.Vote is not null).ToList();
        var passed = voted.Count(entry => entry.StruckStep != "representatives_vote");
        return new Form("村民代表大会民主评议会议记录",
        [
            new FormTable([new("", 22), new("", 78, Running: true)],
            [
                ["会议时间", Day(meeting.HeldDate)],
                ["会议地点", meeting.Place],
                ["主 持 人", meeting.Chair],
                ["记 录 人", meeting.Recorder],
                ["应到人数", $"{meeting.Entitled} 人"],
                ["实到人数", $"{meeting.Present} 人"],
                ["会议议题", $"对村民小组提名退出的 {voted.Count} 户进行民主评议"],
                ["评议情况", meeting.Summary],
                ["评议结果", $"通过 {passed} 户，未通过 {voted.Count - passed} 户，各户票数见民主评议统计表。"],
                ["参会代表\n签　　字", "\n\n\n"],
            ]),
            .. Closing($"{file.Committee}（盖章）", Day(meeting.HeldDate)),
        ])
        {
            Label = "附件 2",
        };
    }

    static Form Tally(ExitFile file)
    {
        var meeting = file.Exit.Meeting!;
        var voted = file.Exit.Households.Where(entry => entry.Vote is not null);
        return new Form("村民代表大会民主评议统计表",
        [
            new FormLine($"评议时间：{Day(meeting.HeldDate)}　　应到 {meeting.Entitled} 人，实到 {meeting.Present} 人", FormLineStyle.Flush),
            new FormTable([new("序号", 9), new("户主姓名", 21), new("户编号", 22), new("赞成", 11), new("反对", 11), new("弃权", 11), new("结果", 15)],
                [.. voted.Select((entry, index) => (string[])[$"{index + 1}", entry.Householder, entry.Number, $"{entry.Vote!.InFavour}", $"{entry.Vote.Against}",
                    $"{entry.Vote.Abstained}", entry.StruckStep == "representatives_vote" ? "未通过" : "通过"])]),
            new FormLine($"监票人（签字）：{Blank}计票人（签字）：{Blank}", FormLineStyle.Flush),
            .. Closing($"{file.Committee}（盖章）", Day(meeting.HeldDate)),
        ])
        {
            Label = "附件 3",
        };
    }

    static Form FirstNotice(ExitFile file) => Notice(file, "first_notice", $"{file.Village}建档立卡贫困户退出初选名单公示", "附件 4",
        count => $"经村民小组提名、村民代表会议民主评议、村民委员会和驻村工作队核实，拟将下列 {count} 户列入退出初选名单，现予公示。",
        $"{file.Committee}（盖章）");

    static Form SecondNotice(ExitFile file) => Notice(file, "second_notice", $"{file.Township}建档立卡贫困户退出名单公示", "附件 6",
        count => $"经村级评议、核实和第一次公示，{file.TownshipGovernment}审核，拟将下列 {count} 户列入退出名单，现在{file.Village}进行第二次公示。",
        $"{file.TownshipGovernment}（盖章）");

    static Form Announcement(ExitFile file)
    {
        var (from, until, days) = Shown(file, "announcement");
        var approval = file.Exit.Approval;
        return new Form($"{file.County}建档立卡贫困户退出名单公告",
        [
            new FormLine($"经村级评议、乡镇审核和两次公示，{file.Authority}于{Day(approval?.Date)}批准下列 {file.ListedDuring("announcement").Count} 户退出，现予公告。"),
            Names(file, "announcement"),
            new FormLine($"公告期 {days} 天：{from}至{until}。"),
            new FormLine($"上述农户退出后，有关帮扶政策继续执行至{Day(approval?.SupportUntil)}；情况发生变化的，可以重新申请纳入。如有疑问，请向{file.Contact}反映。"),
            .. Closing($"{file.Authority}（盖章）", Day(Opened(file, "announcement"))),
        ])
        {
            Label = "附件 8",
        };
    }

    static Form TownshipReport(ExitFile file)
    {
        var (from, until, _) = Shown(file, "first_notice");
        var meeting = file.Exit.Meeting!;
        return new Form("关于审核确认建档立卡贫困户退出的报告",
        [
            new FormLine($"{file.TownshipGovernment}：", FormLineStyle.Flush),
            new FormLine($"我村村民小组提名 {file.Exit.Households.Length} 户退出。{Day(meeting.HeldDate)}召开村民代表会议民主评议，应到 {meeting.Entitled} 人，实到 {meeting.Present} 人；"
                + $"经村民委员会和驻村工作队核实，于{from}至{until}进行第一次公示，{Objections(file, "first_notice")}"),
            new FormLine($"现将拟退出的 {file.ListedDuring("first_notice").Count} 户名单报上，请予审核确认。"),
            Figures(file, "first_notice"),
            .. Closing($"{file.Committee}（盖章）", Day(Done(file, "first_notice"))),
        ])
        {
            Label = "附件 5",
        };
    }

    static Form CountyReport(ExitFile file)
    {
        var (from, until, _) = Shown(file, "second_notice");
        return new Form("关于送审建档立卡贫困户退出的报告",
        [
            new FormLine($"{file.Authority}：", FormLineStyle.Flush),
            new FormLine($"{file.TownshipGovernment}对{file.Village}上报的退出初选名单进行了审核，"
                + $"于{from}至{until}在该村（社区）进行第二次公示，{Objections(file, "second_notice")}"),
            new FormLine($"现将拟退出的 {file.ListedDuring("second_notice").Count} 户名单报上，请予审批。"),
            Figures(file, "second_notice"),
            .. Closing($"{file.TownshipGovernment}（盖章）", Day(Done(file, "second_notice"))),
        ])
        {
            Label = "附件 7",
        };
    }

    static Form Notice(ExitFile file, string step, string title, string label, Func<int, string> says, string issuer)
    {
        var (from, until, days) = Shown(file, step);
        return new Form(title,
        [
            new FormLine(says(file.ListedDuring(step).Count)),
            Names(file, step),
            new FormLine($"公示期 {days} 天：{from}至{until}。"),
            new FormLine($"公示期内如有异议，请以书面或口头形式向{file.Contact}反映。"),
            .. Closing(issuer, Day(Opened(file, step))),
        ])
        {
            Label = label,
        };
    }

    /// <summary>Who issues it, with room for the seal, and the day.</summary>
    static FormLine[] Closing(string issuer, string day) => [new("", FormLineStyle.Flush), new(issuer, FormLineStyle.Right), new(day, FormLineStyle.Right)];

    /// <summary>Householders by full name and nothing else about them, as a notice may show.</summary>
    static FormTable Names(ExitFile file, string step) => new([new("序号", 15), new("户主姓名", 40), new("所在村（社区）", 45)],
        [.. file.ListedDuring(step).Select((entry, index) => (string[])[$"{index + 1}", entry.Householder, file.Village])]);

    /// <summary>What the authority above needs for its review.</summary>
    static FormTable Figures(ExitFile file, string step) => new([new("序号", 10), new("户主姓名", 22), new("户编号", 26), new("家庭人口", 16), new("人均纯收入（元）", 26)],
        [.. file.ListedDuring(step).Select((entry, index) =>
            (string[])[$"{index + 1}", entry.Householder, entry.Number, $"{entry.MemberCount}", Texts.Yuan(entry.PerCapitaNet)])]);

    static string Objections(ExitFile file, string step) => file.ObjectionsTo(step) switch
    {
        0 => "公示期内未收到异议。",
        var count => $"共收到异议 {count} 件，均已处理。",
    };

    /// <summary>First and last day of a notice: the day on which it is put up does not count.</summary>
    static (string From, string Until, int Days) Shown(ExitFile file, string step)
    {
        var (opened, until) = (Opened(file, step), Texts.ParseDay(file.Step(step)!.EndDate));
        return (Day(opened.AddDays(1)), Day(until), until.DayNumber - opened.DayNumber);
    }

    static DateOnly Opened(ExitFile file, string step) => Calendar.DateOf(file.Step(step)!.OpenTime.ToDateTimeOffset());

    static DateOnly Done(ExitFile file, string step) => Calendar.DateOf(file.Step(step)!.DoneTime.ToDateTimeOffset());

    static string Day(DateOnly? day) => day is { } known ? Texts.Day(known) : "";

    static string Day(string day) => Texts.Day(Texts.ParseDay(day));
}
