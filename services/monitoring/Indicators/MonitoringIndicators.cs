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
        Of("monitoring.key_villages.income", "重点帮扶村人均可支配收入达到县域平均水平比例", "Key villages whose income reaches the county's average") with
        {
            Due = MonitoringPolicies.VillageIncomeDue,
        },
        Of("monitoring.key_villages.tap_water", "重点帮扶村自来水普及率", "Households of key villages with tap water") with
        {
            Due = MonitoringPolicies.VillageTapWaterDue,
        },
        Of("monitoring.key_villages.sanitary_toilets", "重点帮扶村卫生厕所普及率", "Households of key villages with a sanitary toilet") with
        {
            Due = MonitoringPolicies.VillageToiletsDue,
        },
        Of("monitoring.key_villages.collective_income", "重点帮扶村集体经济收入达标比例", "Key villages whose collective income reaches what is asked") with
        {
            Due = MonitoringPolicies.VillageCollectiveIncomeDue,
        },
    ];

    static Indicator Of(string id, string zh, string en) => new(id, new Text(zh, en), new Policy<decimal>($"{id}.target"),
        (transaction, policies, division, digits) => transaction.Measure(id, policies, division, digits),
        (transaction, policies, division, page) => transaction.RowsBehind(id, policies, division, page));
}
