using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>The least that a veto takes, in its unit, and the policy that says so.</summary>
sealed record VetoFigure(long Least, PolicyCitation Citation);

/// <summary>
/// The eight vetoes of identification. S3b names them without their text, which is that of the identification of poor households in
/// Guangxi in 2015; their figures are policies.
/// </summary>
static class Vetoes
{
    /// <summary>The sentences by veto; {0} is the figure.</summary>
    public static readonly IReadOnlyDictionary<Veto, Text> All = new Dictionary<Veto, Text>
    {
        [Veto.Dwelling] = new(
            "有两层以上（含两层）砖混结构且精装修住房，或者有两层纯木结构住房且人均居住面积在 {0} 平方米以上（含 {0} 平方米）的农户。",
            "Has a finished brick-and-concrete dwelling of two or more storeys, or a timber one of two storeys with {0} m² or more a head."),
        [Veto.TownProperty] = new(
            "在闹市区、集镇、城市买有住房（含自建房）、商铺、地皮等房地产的农户，易地扶贫搬迁的除外。",
            "Bought or built a home, a shop or a plot in a town, market town or city, other than by relocation."),
        [Veto.Business] = new(
            "家庭成员经营公司或其他经济实体的农户。",
            "A member runs a company or another business."),
        [Veto.Vehicle] = new(
            "现有价值在 {0} 元以上（含 {0} 元）、能正常使用的农用拖拉机、大型收割机、面包车、轿车、越野车、卡车、重型货车、船舶等之一的农户。",
            "Has a usable tractor, harvester, van, car, lorry, ship or the like that is worth {0} yuan or more."),
        [Veto.SteadyEmployment] = new(
            "家庭成员有 1 人以上（含 1 人）在国家机关、事业单位有正式编制工作（含离退休干部职工），或者在国有企业、大型民营企业工作相对稳定的农户。",
            "A member is on the staff of a state organ or public institution, retired included, or steadily employed by a state-owned or large private enterprise."),
        [Veto.Absence] = new(
            "全家外出务工 {0} 年以上，且家中长期无人回来居住的农户。",
            "The whole family has worked elsewhere for {0} years or more, and nobody has come back to live there."),
        [Veto.UnwillingToWork] = new(
            "家庭成员有健康劳动能力和一定生产资料，又无正当理由不愿从事劳动，明显因吸毒、赌博、好吃懒做等不良习性导致生活困难的农户。",
            "Members are fit and have the means to work, will not without good reason, and are plainly in need because of drugs, gambling or idleness."),
        [Veto.ShamRegistration] = new(
            "为了成为贫困户把户口迁入农村但实际不在落户地生产生活的空挂户，或者明显为争当贫困户而拆户、分户的农户。",
            "Is registered in the village in order to count as poor without living there, or was plainly split up in order to."),
    };

    /// <summary>Whether a check must say how much was found: the figure stands for the whole veto and not for one of its cases.</summary>
    public static bool IsMeasured(Veto veto) => veto is Veto.Vehicle or Veto.Absence;

    /// <summary>The veto's figure as it holds in a division on a day; <c>null</c> for a veto without one.</summary>
    public static VetoFigure? FigureOf(Veto veto, PolicyBook policies, string division, DateOnly date)
    {
        switch (veto)
        {
            case Veto.Dwelling:
                var area = policies.Get(MonitoringPolicies.VetoDwellingArea, division, date);
                return new VetoFigure((long)area.Value, area.Citation);
            case Veto.Vehicle:
                var value = policies.Get(MonitoringPolicies.VetoVehicleValue, division, date);
                return new VetoFigure(value.Value / 100, value.Citation);
            case Veto.Absence:
                var years = policies.Get(MonitoringPolicies.VetoAbsenceYears, division, date);
                return new VetoFigure(years.Value, years.Citation);
            default:
                return null;
        }
    }
}
