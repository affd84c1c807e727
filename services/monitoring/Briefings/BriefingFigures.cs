using Governance.Platform;

namespace Governance.Monitoring;

/// <summary>What the figures of a briefing are called, in the order and under the headings of its document.</summary>
static class BriefingFigures
{
    const string OfRule = "clues.rule.";

    /// <summary>Headings with the figures under them. Those of rules are called as their rules are.</summary>
    public static IReadOnlyList<(string Heading, IReadOnlyList<(string Id, Text Title)> Figures)> Parts { get; } =
    [
        ("一、登记户和监测对象",
        [
            ("households", new("登记户数", "Registered households")),
            ("people", new("登记人数", "Registered people")),
            ("monitored.unstable", new("脱贫不稳定户", "Monitored: unstable")),
            ("monitored.marginal", new("边缘易致贫户", "Monitored: marginal")),
            ("monitored.sudden", new("突发严重困难户", "Monitored: sudden hardship")),
        ]),
        ("二、帮扶和风险消除",
        [
            ("plans.entered", new("本月录入帮扶计划", "Plans entered in the month")),
            ("plans.overdue", new("超期未录入帮扶计划", "Plans past their day")),
            ("measures.started", new("本月开始的帮扶措施", "Measures started in the month")),
            ("measures.ended", new("本月完成的帮扶措施", "Measures ended in the month")),
            ("clearances", new("本月风险消除", "Risks cleared in the month")),
        ]),
        ("三、收支采集、参保和控辍保学",
        [
            ("incomes.missing", new("上季度收支未采集户", "Households whose last quarter is not recorded")),
            ("uninsured", new("脱贫人口和监测对象未参保人数", "Out-of-poverty and monitored people without insurance")),
            ("drop_outs", new("失学辍学在册学生", "Pupils in the ledger of drop-outs")),
            ("drop_outs.late", new("失学辍学月报逾期", "Drop-outs whose monthly report is late")),
        ]),
        ("四、风险线索",
        [
            ("clues.overdue", new("超期未认定线索", "Clues past their day")),
            ("clues.source.1", new("本月线索：农户自主申报", "Clues of the month: self-declaration")),
            ("clues.source.2", new("本月线索：干部排查", "Clues of the month: sweep")),
            ("clues.source.3", new("本月线索：部门推送", "Clues of the month: department")),
            ("clues.source.4", new("本月线索：灾情名单", "Clues of the month: disaster")),
            ("clues.source.5", new("本月线索：系统筛查", "Clues of the month: screening")),
            ("clues.source.6", new("本月线索：其他系统", "Clues of the month: other services")),
        ]),
    ];

    static readonly Dictionary<string, Text> _titles =
        Parts.SelectMany(part => part.Figures).ToDictionary(figure => figure.Id, figure => figure.Title, StringComparer.Ordinal);

    public static bool IsOfRule(string figure) => figure.StartsWith(OfRule, StringComparison.Ordinal);

    public static Text Title(string figure)
    {
        if (!IsOfRule(figure))
            return _titles[figure];
        var rule = ClueRules.Of(figure[OfRule.Length..]).Title;
        return new Text($"本月线索：{rule.Zh}", $"Clues of the month: {rule.En}");
    }
}
