using Governance.Platform;
using Governance.Platform.Indicators;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>Every figure of monitoring that has a target. Their rows are in <see cref="IndicatorStore"/>.</summary>
static class MonitoringIndicators
{
    public static readonly Indicator[] All =
    [
        Of("monitoring.insured", "脱贫人口和监测对象参加基本医疗保险比例", "Out-of-poverty and monitored people who have medical insurance"),
        Of("monitoring.signed", "四种主要慢病患者家庭医生签约率", "Chronically ill people who have signed with a family doctor"),
        Of("monitoring.visited", "家庭医生按期随访率", "Signings whose visits are in time"),
        Of("monitoring.in_school", "学龄成员未失学辍学比例", "Members of school age who have not dropped out"),
        Of("monitoring.safe_dwelling", "脱贫户和监测户住房安全比例", "Out-of-poverty and monitored households with a safe dwelling"),
        Of("monitoring.safe_water", "脱贫户和监测户饮水安全比例", "Out-of-poverty and monitored households with safe water"),
        Of("monitoring.income_recorded", "上季度收支采集率", "Out-of-poverty and monitored households whose last quarter is recorded"),
        Of("monitoring.identified_in_time", "风险线索按期识别认定比例", "Clues of the year that were decided in time"),
        Of("monitoring.plans_in_time", "帮扶计划按期录入比例", "Assistance plans of the year that were entered in time"),
    ];

    static Indicator Of(string id, string zh, string en) => new(id, new Text(zh, en), new Policy<decimal>($"{id}.target"),
        (transaction, division, digits) => transaction.Measure(id, division, digits),
        (transaction, division, page) => transaction.RowsBehind(id, division, page));
}
