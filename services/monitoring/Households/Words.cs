using System.Collections.Frozen;
using Governance.Monitoring.V1;

namespace Governance.Monitoring;

/// <summary>The words that files use for the values of the registry, Chinese first.</summary>
static class Words
{
    public static readonly Vocabulary<HouseholdCategory> Categories = Of(
        ("脱贫户", HouseholdCategory.OutOfPoverty), ("一般户", HouseholdCategory.General),
        ("OUT_OF_POVERTY", HouseholdCategory.OutOfPoverty), ("GENERAL", HouseholdCategory.General));

    public static readonly Vocabulary<MonitoredKind> MonitoredKinds = Of(
        ("脱贫不稳定户", MonitoredKind.Unstable), ("边缘易致贫户", MonitoredKind.Marginal), ("突发严重困难户", MonitoredKind.SuddenHardship),
        ("UNSTABLE", MonitoredKind.Unstable), ("MARGINAL", MonitoredKind.Marginal), ("SUDDEN_HARDSHIP", MonitoredKind.SuddenHardship));

    public static readonly Vocabulary<LowIncomeCategory> LowIncome = Of(
        ("低保对象", LowIncomeCategory.Dibao), ("特困人员", LowIncomeCategory.Destitute), ("孤儿", LowIncomeCategory.Orphan),
        ("事实无人抚养儿童", LowIncomeCategory.UnattendedChild),
        ("DIBAO", LowIncomeCategory.Dibao), ("DESTITUTE", LowIncomeCategory.Destitute), ("ORPHAN", LowIncomeCategory.Orphan),
        ("UNATTENDED_CHILD", LowIncomeCategory.UnattendedChild));

    public static readonly Vocabulary<DwellingGrade> Dwellings = Of(
        ("A", DwellingGrade.A), ("B", DwellingGrade.B), ("C", DwellingGrade.C), ("D", DwellingGrade.D), ("无房", DwellingGrade.NoDwelling),
        ("A级", DwellingGrade.A), ("B级", DwellingGrade.B), ("C级", DwellingGrade.C), ("D级", DwellingGrade.D), ("NO_DWELLING",
            DwellingGrade.NoDwelling));

    public static readonly Vocabulary<DisasterKind> Disasters = Of(
        ("洪涝", DisasterKind.Flood), ("滑坡泥石流", DisasterKind.Landslide), ("风雹", DisasterKind.Storm), ("旱灾", DisasterKind.Drought),
        ("地震", DisasterKind.Earthquake), ("火灾", DisasterKind.Fire), ("低温雪灾", DisasterKind.Frost), ("其他", DisasterKind.Other),
        ("FLOOD", DisasterKind.Flood), ("LANDSLIDE", DisasterKind.Landslide), ("STORM", DisasterKind.Storm), ("DROUGHT", DisasterKind.Drought),
        ("EARTHQUAKE", DisasterKind.Earthquake), ("FIRE", DisasterKind.Fire), ("FROST", DisasterKind.Frost), ("OTHER", DisasterKind.Other));

    public static readonly Vocabulary<WaterSafety> Waters = Of(
        ("安全", WaterSafety.Safe), ("不安全", WaterSafety.Unsafe), ("SAFE", WaterSafety.Safe), ("UNSAFE", WaterSafety.Unsafe));

    public static readonly Vocabulary<Relation> Relations = Of(
        ("户主", Relation.Householder), ("配偶", Relation.Spouse), ("儿子", Relation.Son), ("女儿", Relation.Daughter), ("孙辈", Relation.Grandchild),
        ("父母", Relation.Parent), ("祖父母", Relation.Grandparent), ("兄弟姐妹", Relation.Sibling), ("其他", Relation.Other),
        ("之子", Relation.Son), ("之女", Relation.Daughter), ("之孙子", Relation.Grandchild), ("之孙女", Relation.Grandchild), ("之外孙子",
            Relation.Grandchild),
        ("之外孙女", Relation.Grandchild), ("之父", Relation.Parent), ("之母", Relation.Parent), ("之岳父", Relation.Parent), ("之岳母", Relation.Parent),
        ("之公公", Relation.Parent), ("之婆婆", Relation.Parent), ("之祖父", Relation.Grandparent), ("之祖母", Relation.Grandparent),
        ("之兄弟姐妹", Relation.Sibling), ("之儿媳", Relation.Other), ("之女婿", Relation.Other), ("之孙媳", Relation.Other), ("之孙女婿", Relation.Other),
        ("HOUSEHOLDER", Relation.Householder), ("SPOUSE", Relation.Spouse), ("SON", Relation.Son), ("DAUGHTER", Relation.Daughter),
        ("GRANDCHILD", Relation.Grandchild), ("PARENT", Relation.Parent), ("GRANDPARENT", Relation.Grandparent), ("SIBLING",
            Relation.Sibling), ("OTHER", Relation.Other));

    public static readonly Vocabulary<V1.Gender> Genders = Of(
        ("男", V1.Gender.Male), ("女", V1.Gender.Female), ("MALE", V1.Gender.Male), ("FEMALE", V1.Gender.Female));

    public static readonly Vocabulary<Education> Educations = Of(
        ("文盲或半文盲", Education.Illiterate), ("小学", Education.Primary), ("初中", Education.JuniorSecondary), ("高中", Education.SeniorSecondary),
        ("大专及以上", Education.College), ("中专", Education.SeniorSecondary), ("大专", Education.College), ("本科及以上", Education.College),
        ("ILLITERATE", Education.Illiterate), ("PRIMARY", Education.Primary), ("JUNIOR_SECONDARY", Education.JuniorSecondary),
        ("SENIOR_SECONDARY", Education.SeniorSecondary), ("COLLEGE", Education.College));

    public static readonly Vocabulary<HealthCondition> HealthConditions = Of(
        ("大病", HealthCondition.SevereIllness), ("高血压", HealthCondition.Hypertension), ("糖尿病", HealthCondition.Diabetes),
        ("结核病", HealthCondition.Tuberculosis), ("严重精神障碍", HealthCondition.SevereMentalDisorder),
        ("SEVERE_ILLNESS", HealthCondition.SevereIllness), ("HYPERTENSION", HealthCondition.Hypertension), ("DIABETES",
            HealthCondition.Diabetes),
        ("TUBERCULOSIS", HealthCondition.Tuberculosis), ("SEVERE_MENTAL_DISORDER", HealthCondition.SevereMentalDisorder));

    public static readonly Vocabulary<int> DisabilityGrades = Of(
        ("一级", 1), ("二级", 2), ("三级", 3), ("四级", 4), ("1", 1), ("2", 2), ("3", 3), ("4", 4), ("无", 0), ("0", 0));

    public static readonly Vocabulary<LabourAbility> LabourAbilities = Of(
        ("普通劳动力", LabourAbility.Full), ("技能劳动力", LabourAbility.Skilled), ("弱劳动力或半劳动力", LabourAbility.Partial), ("无劳动力", LabourAbility.None),
        ("丧失劳动力", LabourAbility.None),
        ("FULL", LabourAbility.Full), ("SKILLED", LabourAbility.Skilled), ("PARTIAL", LabourAbility.Partial), ("NONE", LabourAbility.None));

    public static readonly Vocabulary<Insurance> Insurances = Of(
        ("未参保", Insurance.Uninsured), ("居民医保", Insurance.Resident), ("职工医保", Insurance.Employee),
        ("UNINSURED", Insurance.Uninsured), ("RESIDENT", Insurance.Resident), ("EMPLOYEE", Insurance.Employee));

    public static readonly Vocabulary<SchoolStatus> SchoolStatuses = Of(
        ("在校", SchoolStatus.Enrolled), ("疑似失辍学", SchoolStatus.SuspectedDropOut), ("失辍学", SchoolStatus.DroppedOut), ("送教上门",
            SchoolStatus.TaughtAtHome),
        ("非在校", SchoolStatus.LeftSchool),
        ("ENROLLED", SchoolStatus.Enrolled), ("SUSPECTED_DROP_OUT", SchoolStatus.SuspectedDropOut), ("DROPPED_OUT",
            SchoolStatus.DroppedOut),
        ("TAUGHT_AT_HOME", SchoolStatus.TaughtAtHome), ("LEFT_SCHOOL", SchoolStatus.LeftSchool));

    public static readonly Vocabulary<int> Terms = Of(("第一学期", 1), ("第二学期", 2), ("秋季", 1), ("春季", 2), ("1", 1), ("2", 2));

    static Vocabulary<T> Of<T>(params (string Word, T Value)[] words) where T : struct => new(words);
}

/// <summary>The words for the values of one column. Several words may mean one value; the first of them is written.</summary>
sealed class Vocabulary<T>((string Word, T Value)[] words) where T : struct
{
    readonly FrozenDictionary<T, string> _first = words.DistinctBy(word => word.Value).ToFrozenDictionary(word => word.Value,
        word => word.Word);

    /// <summary>The value that each word means, whatever its case.</summary>
    public FrozenDictionary<string, T> Values { get; } = words.ToFrozenDictionary(word => word.Word, word => word.Value,
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The word that is written for each value.</summary>
    public IReadOnlyList<string> Written { get; } = [.. words.DistinctBy(word => word.Value).Select(word => word.Word)];

    /// <summary>The word for a value; empty for what is unspecified.</summary>
    public string this[T value] => _first.GetValueOrDefault(value, "");
}
