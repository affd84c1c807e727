using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>What measures name by their kind (MON-08), and how that is called.</summary>
static class MeasureDetails
{
    static readonly Dictionary<MeasureKind, (Text Title, Policy<string> Asked)> _kinds = new()
    {
        [MeasureKind.Industry] = (new("产业帮扶", "industry"), MonitoringPolicies.MeasuresOfIndustry),
        [MeasureKind.Employment] = (new("就业帮扶", "employment"), MonitoringPolicies.MeasuresOfEmployment),
        [MeasureKind.Education] = (new("教育帮扶", "education"), MonitoringPolicies.MeasuresOfEducation),
        [MeasureKind.Health] = (new("健康帮扶", "health"), MonitoringPolicies.MeasuresOfHealth),
        [MeasureKind.Housing] = (new("住房安全", "housing"), MonitoringPolicies.MeasuresOfHousing),
        [MeasureKind.Water] = (new("饮水安全", "water"), MonitoringPolicies.MeasuresOfWater),
        [MeasureKind.MinimumLiving] = (new("最低生活保障", "minimum living"), MonitoringPolicies.MeasuresOfMinimumLiving),
        [MeasureKind.TemporaryAid] = (new("临时救助", "temporary aid"), MonitoringPolicies.MeasuresOfTemporaryAid),
        [MeasureKind.InsuranceSubsidy] = (new("参保资助", "insurance subsidy"), MonitoringPolicies.MeasuresOfInsuranceSubsidy),
        [MeasureKind.MicroCredit] = (new("小额信贷", "micro-credit"), MonitoringPolicies.MeasuresOfMicroCredit),
        [MeasureKind.PublicWelfarePost] = (new("公益性岗位", "public-welfare post"), MonitoringPolicies.MeasuresOfPublicWelfarePost),
    };

    // A word that a division's policy adds is told as it is.
    static readonly Dictionary<string, string> _titles = new(StringComparer.Ordinal)
    {
        ["aid"] = "资助项目",
        ["appraisal"] = "鉴定结论",
        ["approval"] = "审批文号",
        ["bank"] = "贷款银行",
        ["employer"] = "用工单位",
        ["institution"] = "定点医疗机构",
        ["operator"] = "带动主体",
        ["post"] = "岗位",
        ["problem"] = "存在问题",
        ["project"] = "产业项目",
        ["purpose"] = "贷款用途",
        ["remedy"] = "整改措施",
        ["school"] = "就读学校",
        ["treatment"] = "诊疗方案",
        ["works"] = "改造方式",
        ["year"] = "参保年度",
    };

    public static Policy<string> AskedOf(MeasureKind kind) => _kinds[kind].Asked;

    public static Text TitleOf(MeasureKind kind) => _kinds[kind].Title;

    /// <summary>The words of a policy's list.</summary>
    public static string[] Split(string words) => words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Words as a caller writes them, in Chinese with what they mean.</summary>
    public static Text TitleOf(IReadOnlyList<string> words) => new(
        string.Join("、", words.Select(word => _titles.TryGetValue(word, out var title) ? $"{word}（{title}）" : word)), string.Join(", ", words));
}
