using System.Globalization;

namespace Governance.Monitoring;

/// <summary>The briefing as it is laid before the meeting (MON-10): what the figures say, and nobody's name.</summary>
static class BriefingForm
{
    static readonly (string Head, string[] Figures)[] _ofTownship =
    [
        ("登记户数", ["households"]),
        ("监测对象户数", ["monitored.unstable", "monitored.marginal", "monitored.sudden"]),
        ("本月线索", ["clues.source.1", "clues.source.2", "clues.source.3", "clues.source.4", "clues.source.5", "clues.source.6"]),
        ("超期线索", ["clues.overdue"]),
        ("超期计划", ["plans.overdue"]),
        ("未采集户", ["incomes.missing"]),
        ("失学辍学", ["drop_outs"]),
    ];

    /// <summary>Fills it in; <paramref name="names"/> are those of the county and its townships, as far as they are known.</summary>
    public static Form Fill(Briefing briefing, IReadOnlyDictionary<string, string> names)
    {
        var county = Name(briefing.Division);
        var known = briefing.Figures.ToDictionary(figure => (figure.Part, figure.Figure), figure => figure);
        var townships = briefing.Figures.Where(figure => figure.Part != briefing.Division).Select(figure => figure.Part).Distinct(StringComparer.Ordinal).ToList();
        var ofRules = briefing.Figures.Where(figure => figure.Part == briefing.Division && BriefingFigures.IsOfRule(figure.Figure)).Select(figure => figure.Figure).ToList();
        var isFirst = briefing.Figures.All(figure => figure.Before is null);
        return new Form($"{county}{briefing.Month.Year}年{briefing.Month.Month}月\n防止返贫动态监测和帮扶工作简报",
        [
            new FormLine($"现将{county}{briefing.Month.Year}年{briefing.Month.Month}月防止返贫动态监测和帮扶工作情况通报如下。数据截至{Texts.Day(briefing.Created)}。"),
            .. BriefingFigures.Parts.SelectMany(part => (Block[])
                [new FormLine(part.Heading, FormLineStyle.Heading), Figures(part.Figures.Select(figure => figure.Id))]),
            new FormLine("五、按规则发现的线索", FormLineStyle.Heading),
            ofRules.Count > 0 ? Figures(ofRules) : new FormLine("本月没有按规则发现的线索。"),
            new FormLine("六、各乡镇（街道）情况", FormLineStyle.Heading),
            new FormTable([new("乡镇（街道）", 23), .. _ofTownship.Select(column => new FormColumn(column.Head, 11))],
                [.. townships.Select(township => (string[])
                    [Name(township), .. _ofTownship.Select(column => Number(column.Figures.Sum(figure => known.GetValueOrDefault((township, figure))?.Value ?? 0)))])]),
            new FormLine("七、会议情况", FormLineStyle.Heading),
            new FormLine(Meeting(briefing)),
            new FormLine("", FormLineStyle.Flush),
            new FormLine(Texts.Day(briefing.Created), FormLineStyle.Right),
        ]);

        string Name(string code) => names.GetValueOrDefault(code, code);

        FormTable Figures(IEnumerable<string> figures) =>
            new([new("指标", 46, Running: true), new("本月", 18), new("上月", 18), new("增减", 18)], [.. figures.Select(Row)]);

        // What was not counted was nought, but for a month of which nobody took anything down.
        string[] Row(string figure)
        {
            var (now, before) = known.TryGetValue((briefing.Division, figure), out var counted) ? (counted.Value, counted.Before ?? 0) : (0, 0);
            return [BriefingFigures.Title(figure).Zh, Number(now), .. isFirst ? (string[])["—", "—"] : [Number(before), Change(now - before)]];
        }
    }

    static string Meeting(Briefing briefing) => briefing switch
    {
        { Held: null } => "本月联席会议尚未召开。",
        { HeldLate: true } => $"联席会议于{Texts.Day(briefing.Held.Value)}召开，逾期召开。会议记录：{briefing.Minutes}。",
        _ => $"联席会议于{Texts.Day(briefing.Held.Value)}召开。会议记录：{briefing.Minutes}。",
    };

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    static string Change(long change) => change.ToString("+0;-0;0", CultureInfo.InvariantCulture);
}
