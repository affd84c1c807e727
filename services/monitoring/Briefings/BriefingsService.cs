using System.Collections.Frozen;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Briefings of the monthly meeting (MON-10); one file per rpc.</summary>
sealed partial class BriefingsService(Database database, PolicyBook policies) : V1.Briefings.BriefingsBase
{
    static readonly FrozenDictionary<string, Text> _titles = new Dictionary<string, Text>(StringComparer.Ordinal)
    {
        ["households"] = new("登记户数", "Registered households"),
        ["people"] = new("登记人数", "Registered people"),
        ["monitored.unstable"] = new("脱贫不稳定户", "Monitored: unstable"),
        ["monitored.marginal"] = new("边缘易致贫户", "Monitored: marginal"),
        ["monitored.sudden"] = new("突发严重困难户", "Monitored: sudden hardship"),
        ["clues.source.1"] = new("本月线索：农户自主申报", "Clues of the month: self-declaration"),
        ["clues.source.2"] = new("本月线索：干部排查", "Clues of the month: sweep"),
        ["clues.source.3"] = new("本月线索：部门推送", "Clues of the month: department"),
        ["clues.source.4"] = new("本月线索：灾情名单", "Clues of the month: disaster"),
        ["clues.source.5"] = new("本月线索：系统筛查", "Clues of the month: screening"),
        ["clues.source.6"] = new("本月线索：其他系统", "Clues of the month: other services"),
        ["clues.overdue"] = new("超期未认定线索", "Clues past their day"),
        ["plans.entered"] = new("本月录入帮扶计划", "Plans entered in the month"),
        ["plans.overdue"] = new("超期未录入帮扶计划", "Plans past their day"),
        ["measures.started"] = new("本月开始的帮扶措施", "Measures started in the month"),
        ["measures.ended"] = new("本月完成的帮扶措施", "Measures ended in the month"),
        ["clearances"] = new("本月风险消除", "Risks cleared in the month"),
        ["incomes.missing"] = new("上季度收支未采集户", "Households whose last quarter is not recorded"),
        ["uninsured"] = new("脱贫人口和监测对象未参保人数", "Out-of-poverty and monitored people without insurance"),
        ["drop_outs"] = new("失学辍学在册学生", "Pupils in the ledger of drop-outs"),
        ["drop_outs.late"] = new("失学辍学月报逾期", "Drop-outs whose monthly report is late"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    const string OfRule = "clues.rule.";

    static V1.Briefing ToContract(Briefing briefing, Locale locale) => new()
    {
        Id = briefing.Id.ToString(),
        Division = briefing.Division,
        Month = DropOut.Month(briefing.Month),
        CreatedDate = Calendar.Format(briefing.Created),
        Figures = { briefing.Figures.Select(figure => ToContract(figure, locale)) },
        HeldDate = Calendar.Format(briefing.Held),
        HeldLate = briefing.HeldLate,
        Minutes = briefing.Minutes,
        Citation = briefing.Citation,
        Version = briefing.Version,
    };

    static V1.BriefingFigure ToContract(BriefingFigure figure, Locale locale)
    {
        var contract = new V1.BriefingFigure { Division = figure.Part, Figure = figure.Figure, Title = Title(figure.Figure).In(locale), Value = figure.Value };
        if (figure.Before is { } before)
            contract.Before = before;
        return contract;
    }

    static Text Title(string figure)
    {
        if (!figure.StartsWith(OfRule, StringComparison.Ordinal))
            return _titles[figure];
        var rule = ClueRules.Of(figure[OfRule.Length..]).Title;
        return new Text($"本月线索：{rule.Zh}", $"Clues of the month: {rule.En}");
    }
}
