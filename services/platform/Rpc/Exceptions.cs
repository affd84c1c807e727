using System.Collections.Frozen;

namespace Governance.Platform.Rpc;

/// <summary>What the things that calls are about are called in Chinese, as the documents call them.</summary>
static class Nouns
{
    static readonly FrozenDictionary<string, string> _zh = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["aid"] = "救助",
        ["briefing"] = "月度简报",
        ["building"] = "楼栋",
        ["clearance"] = "风险消除",
        ["clue"] = "风险线索",
        ["dead letter"] = "死信事件",
        ["department list"] = "部门名单",
        ["division"] = "行政区划",
        ["education aid"] = "教育资助",
        ["enrolment comparison"] = "学籍比对",
        ["exit"] = "退出名单",
        ["drop out"] = "失学辍学记录",
        ["founding"] = "设立事项",
        ["grid"] = "网格",
        ["hand over"] = "移交",
        ["household"] = "农户",
        ["illness"] = "大病记录",
        ["import"] = "导入",
        ["indicator"] = "指标",
        ["key village"] = "重点帮扶村",
        ["measure"] = "帮扶措施",
        ["member"] = "家庭成员",
        ["notice"] = "公示",
        ["organization"] = "组织",
        ["person"] = "人员",
        ["plan"] = "帮扶计划",
        ["procedure"] = "办理程序",
        ["recognition"] = "低收入认定",
        ["reviewer"] = "核查人员",
        ["settlement"] = "安置点",
        ["signing"] = "家庭医生签约",
        ["submission"] = "核查上报",
        ["verification"] = "核查事项",
        ["subsidy confirmation"] = "参保资助确认",
        ["sweep"] = "集中排查",
        ["unregistered"] = "未登记户",
        ["village"] = "重点帮扶村",
        ["visit"] = "走访",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // The contract's DropOut is a "drop out".
    public static string Zh(string kind) => _zh.GetValueOrDefault(kind.Replace('-', ' '), kind);
}

/// <summary>The thing does not exist, or lies outside the caller's scope; the two look alike on purpose. Answered as NOT_FOUND.</summary>
public sealed class NotFoundException(string kind, string id) : Exception($"{kind} {id}")
{
    // What more there are would not fit a trailer.
    const int MostNamed = 100;

    /// <summary>Several things of one kind, the first of them by name.</summary>
    public NotFoundException(string kind, IReadOnlyCollection<Guid> ids)
        : this(kind, string.Join(", ", ids.Take(MostNamed)) + (ids.Count > MostNamed ? $" … ({ids.Count})" : ""))
    {
    }

    public Text Sentence { get; } = new(
        $"未找到{Nouns.Zh(kind)}：{id}。请核对编号，并确认它在您的管辖范围内。",
        $"No {kind} \"{id}\" was found. Check the id and that it lies within your division.");
}

/// <summary>One thing wrong with one field. <paramref name="Code"/> is stable, for programs.</summary>
public sealed record Violation(string Field, string Code, Text Sentence);

/// <summary>The request is malformed. Answered as INVALID_ARGUMENT with one violation per field.</summary>
public sealed class InvalidException(params IReadOnlyList<Violation> violations) : Exception("invalid request")
{
    public InvalidException(string field, string code, string zh, string en) : this(new Violation(field, code, new Text(zh, en)))
    {
    }

    public IReadOnlyList<Violation> Violations { get; } = violations;
}

/// <summary>The id or natural key is taken by something that differs. Answered as ALREADY_EXISTS naming the field.</summary>
public sealed class AlreadyExistsException(string kind, string field) : Exception($"{kind}.{field}")
{
    public string Field { get; } = field;

    public Text Sentence { get; } = new(
        $"{Nouns.Zh(kind)}已存在，且字段 {field} 与已有记录不一致。如需修改请使用更新接口，否则请更换编号。",
        $"A {kind} like this exists already and differs in \"{field}\". Update it, or use another id.");
}

/// <summary>The change was made from a version that is no longer the current one. Answered as ABORTED; nothing was changed.</summary>
public sealed class StaleException(string kind, long version) : Exception(kind)
{
    public Text Sentence { get; } = new(
        $"{Nouns.Zh(kind)}已被他人修改，当前版本为 {version}。未作任何更改，请重新读取后再试。",
        $"The {kind} was changed by somebody else and is at version {version} now. Nothing was changed: read it again and retry.");
}

/// <summary>The caller may not do this. Answered as PERMISSION_DENIED.</summary>
public sealed class DeniedException(string code, string zh, string en) : Exception(code)
{
    public string Code { get; } = code;

    public Text Sentence { get; } = new(zh, en);
}
