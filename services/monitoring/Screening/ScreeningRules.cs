using System.Globalization;
using System.Text.Json;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Rules;

namespace Governance.Monitoring;

/// <summary>
/// A screening rule: its title, and how the facts that made it fire become the figures of its sentence. The facts are what
/// <see cref="ScreeningStore"/> found, as JSON; the threshold is that of the citation.
/// </summary>
sealed record ScreeningRule(Rule Rule, Text Title, Func<JsonElement, PolicyCitation?, Locale, object[]> Figures)
{
    /// <summary>Why the rule fired, with figures, for people.</summary>
    public string Explain(string evidence, PolicyCitation? citation, Locale locale)
    {
        using var facts = JsonDocument.Parse(evidence);
        return Rule.Sentence(Figures(facts.RootElement, citation, locale)).In(locale);
    }
}

/// <summary>Every rule of screening (MON-05).</summary>
static class ScreeningRules
{
    static readonly ScreeningRule[] _all =
    [
        new(Rules.IncomeBelowLine, new Text("收入低于监测线", "Income under the line"),
            (facts, line, _) => [Yuan(facts, "per_capita_fen"), Number(facts, "quarters"), Threshold(line)]),
        new(Rules.IncomeDrop, new Text("收入骤降", "Income drop"),
            (facts, drop, locale) =>
            [
                Yuan(facts, "from_fen"), Yuan(facts, "to_fen"), Percent(facts),
                (facts.GetProperty("against").GetString() == "quarter" ? new Text("上一季度", "the quarter before") : new Text("上年同季度",
                    "the same quarter of last year")).In(locale),
                Threshold(drop),
            ]),
        new(Rules.MedicalSpending, new Text("医疗支出过高", "High medical spending"),
            (facts, limit, _) => [Yuan(facts, "medical_fen"), Threshold(limit)]),
        new(Rules.UnsafeDwelling, new Text("住房不安全或无房", "Unsafe or no dwelling"),
            (facts, _, locale) => [Grade((DwellingGrade)facts.GetProperty("grade").GetInt32(), locale)]),
        new(Rules.UnsafeWater, new Text("饮水不安全", "Unsafe water"), (_, _, _) => []),
        new(Rules.UninsuredMember, new Text("成员未参保", "Uninsured member"),
            (facts, _, _) => [facts.GetProperty("uninsured").GetArrayLength(), Number(facts, "members")]),
        new(Rules.NobodyEmployed, new Text("有劳力无就业", "Nobody employed"),
            (facts, _, _) => [Number(facts, "labour")]),
        new(Rules.DropOut, new Text("疑似失辍学", "Drop-out"),
            (facts, _, _) => [facts.GetProperty("drop_outs").GetArrayLength()]),
    ];

    public static IReadOnlyList<ScreeningRule> All => _all;

    /// <summary>The rule with this code.</summary>
    public static ScreeningRule Of(string code) => Array.Find(_all, rule => rule.Rule.Code == code)
        ?? throw new InvalidOperationException($"There is no screening rule \"{code}\".");

    static string Yuan(JsonElement facts, string name) => Texts.Yuan(facts.GetProperty(name).GetInt64());

    static long Number(JsonElement facts, string name) => facts.GetProperty(name).GetInt64();

    static string Percent(JsonElement facts)
    {
        var from = facts.GetProperty("from_fen").GetInt64();
        var to = facts.GetProperty("to_fen").GetInt64();
        return ((from - to) * 100m / from).ToString("0.#", CultureInfo.InvariantCulture);
    }

    /// <summary>The figure as the policy file writes it, e.g. "8000 yuan" or "30%", without the unit that the sentence has already.</summary>
    static string Threshold(PolicyCitation? citation) => citation?.Value.Split(' ')[0] ?? "";

    static string Grade(DwellingGrade grade, Locale locale) =>
        grade == DwellingGrade.NoDwelling ? new Text("无房", "as none at all").In(locale) : new Text($"{grade} 级", $"{grade}").In(locale);
}
