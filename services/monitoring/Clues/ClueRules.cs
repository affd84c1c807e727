using System.Globalization;
using System.Text.Json;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Policies;
using Governance.Platform.Rules;

namespace Governance.Monitoring;

/// <summary>
/// A rule by which a machine raises clues: its title, and how the evidence, as JSON, becomes the figures of its sentence. The
/// threshold is that of the citation.
/// </summary>
sealed record ClueRule(Rule Rule, Text Title, Func<JsonElement, PolicyCitation?, Locale, object[]> Figures)
{
    /// <summary>Turns a rule of screening on; <c>null</c> for what others find.</summary>
    public Policy<bool>? Switch { get; init; }

    /// <summary>What a rule of screening compares with, if anything.</summary>
    public Policy? Threshold { get; init; }

    /// <summary>Why a clue was raised, with figures, for people.</summary>
    public string Explain(string evidence, PolicyCitation? citation, Locale locale)
    {
        using var facts = JsonDocument.Parse(evidence);
        return Rule.Sentence(Figures(facts.RootElement, citation, locale)).In(locale);
    }

    /// <summary>What a rule of screening applies in a division: its threshold, or that it is off.</summary>
    public PolicyCitation Cite(PolicyBook policies, string division, DateOnly date) =>
        policies.Cite(Threshold is null || !policies.Get(Switch!, division, date).Value ? Switch! : Threshold, division, date);
}

/// <summary>Every rule by which a machine raises clues (MON-03, MON-05).</summary>
static class ClueRules
{
    static readonly ClueRule[] _screening =
    [
        new(Rules.IncomeBelowLine, new Text("收入低于监测线", "Income under the line"),
            (facts, line, _) => [Yuan(facts, "per_capita_fen"), Number(facts, "quarters"), Threshold(line)])
        {
            Switch = MonitoringPolicies.ScreenIncomeBelowLine,
            Threshold = MonitoringPolicies.IncomeLine,
        },
        new(Rules.IncomeDrop, new Text("收入骤降", "Income drop"),
            (facts, drop, locale) =>
            [
                Yuan(facts, "from_fen"), Yuan(facts, "to_fen"), Percent(facts),
                (facts.GetProperty("against").GetString() == "quarter" ? new Text("上一季度", "the quarter before") : new Text("上年同季度",
                    "the same quarter of last year")).In(locale),
                Threshold(drop),
            ])
        {
            Switch = MonitoringPolicies.ScreenIncomeDrop,
            Threshold = MonitoringPolicies.IncomeDrop,
        },
        new(Rules.MedicalSpending, new Text("医疗支出过高", "High medical spending"),
            (facts, limit, _) => [Yuan(facts, "medical_fen"), Threshold(limit)])
        {
            Switch = MonitoringPolicies.ScreenMedicalSpending,
            Threshold = MonitoringPolicies.MedicalSpending,
        },
        new(Rules.RigidSpending, new Text("刚性支出过高", "High rigid spending"),
            (facts, share, _) => [Yuan(facts, "rigid_fen"), Yuan(facts, "net_fen"), Threshold(share)])
        {
            Switch = MonitoringPolicies.ScreenRigidSpending,
            Threshold = MonitoringPolicies.RigidSpending,
        },
        new(Rules.UnsafeDwelling, new Text("住房不安全或无房", "Unsafe or no dwelling"),
            (facts, _, locale) => [Grade(facts, locale)]) { Switch = MonitoringPolicies.ScreenUnsafeDwelling },
        new(Rules.UnsafeWater, new Text("饮水不安全", "Unsafe water"), (_, _, _) => []) { Switch = MonitoringPolicies.ScreenUnsafeWater },
        new(Rules.UninsuredMember, new Text("成员未参保", "Uninsured member"),
            (facts, _, _) => [facts.GetProperty("uninsured").GetArrayLength(), Number(facts, "members")])
        {
            Switch = MonitoringPolicies.ScreenUninsuredMember,
        },
        new(Rules.NobodyEmployed, new Text("有劳力无就业", "Nobody employed"),
            (facts, _, _) => [Number(facts, "labour")]) { Switch = MonitoringPolicies.ScreenNobodyEmployed },
        new(Rules.DropOut, new Text("疑似失辍学", "Drop-out"),
            (facts, _, _) => [facts.GetProperty("drop_outs").GetArrayLength()]) { Switch = MonitoringPolicies.ScreenDropOut },
    ];

    // The evidence holds what each subject of events said last, "signals", and beside it their "figures".
    static readonly ClueRule[] _events =
    [
        new(Rules.ToldUnsafeDwelling, new Text("住房鉴定不安全或无房", "Dwelling graded unsafe, or none"),
            (facts, _, locale) => [Grade(Signals(facts)[0], locale), Signals(facts)[0].GetProperty("date").GetString()!]),
        new(Rules.ToldNobodyEmployed, new Text("就业核实无人就业", "Nobody employed as found by employment"),
            (facts, _, _) => [Number(Signals(facts)[0], "labour")]),
        new(Rules.ToldJobLost, new Text("成员失业", "Job lost"),
            (facts, _, _) => [Signals(facts).Length, Signals(facts).Max(signal => signal.GetProperty("date").GetString()!)!]),
        new(Rules.ToldArrears, new Text("物业费欠缴", "Property fees owed"),
            (facts, _, _) =>
            [
                Signals(facts).Min(signal => signal.GetProperty("since").GetString()!)!,
                Texts.Yuan(facts.GetProperty("figures").EnumerateArray().Sum(figure => figure.GetProperty("arrears_fen").GetInt64())),
            ]),
    ];

    static readonly ClueRule[] _lists =
    [
        new(Rules.Disaster, new Text("受灾", "Hit by a disaster"),
            (facts, _, locale) =>
            [
                string.Join(locale == Locale.En ? ", " : "、", facts.GetProperty("disasters").EnumerateArray().Select(disaster =>
                    $"{disaster.GetProperty("date").GetString()} {NameOf((DisasterKind)disaster.GetProperty("kind").GetInt32(), locale)}")),
                Yuan(facts.GetProperty("figures"), "loss_fen"),
                Struck([.. facts.GetProperty("disasters").EnumerateArray()], locale),
            ]),
        new(Rules.ListedMedicalBills, new Text("医保名单费用过高", "High medical bills on a list"), (facts, limit, _) => [Yuan(facts, "medical_fen"), Threshold(limit)]),
        new(Rules.ListedDropOut, new Text("失辍学名单", "On a list of drop-outs"), (facts, _, _) => [facts.GetProperty("drop_outs").GetArrayLength()]),
    ];

    /// <summary>The rules of screening (MON-05).</summary>
    public static IReadOnlyList<ClueRule> Screening => _screening;

    /// <summary>Every policy that screening applies.</summary>
    public static IReadOnlyList<Policy> Policies { get; } = [.. _screening.SelectMany(rule => new[] { rule.Switch, rule.Threshold }).OfType<Policy>()];

    /// <summary>The rule with this code.</summary>
    public static ClueRule Of(string code) => _screening.Concat(_events).Concat(_lists).FirstOrDefault(rule => rule.Rule.Code == code)
        ?? throw new InvalidOperationException($"There is no rule \"{code}\" by which clues are raised.");

    static JsonElement[] Signals(JsonElement facts) => [.. facts.GetProperty("signals").EnumerateArray()];

    /// <summary>What disasters did beside the loss: casualties, the dwelling, the drinking water (S2 二(一)5).</summary>
    static string Struck(JsonElement[] disasters, Locale locale)
    {
        var casualties = disasters.Sum(disaster => disaster.TryGetProperty("casualties", out var count) ? count.GetInt32() : 0);
        (bool Is, Text Said)[] struck =
        [
            (casualties > 0, new($"人员伤亡 {casualties} 人", $"{casualties} killed or hurt")), (Has("dwelling"), new("住房受损", "the dwelling damaged")),
            (Has("water"), new("饮水受影响", "the drinking water affected")),
        ];
        return string.Concat(struck.Where(each => each.Is).Select(each => new Text($"，{each.Said.Zh}", $", {each.Said.En}").In(locale)));

        bool Has(string name) => Array.Exists(disasters, disaster => disaster.TryGetProperty(name, out _));
    }

    static string NameOf(DisasterKind kind, Locale locale) => new Text(Words.Disasters[kind], $"{kind}").In(locale);

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

    static string Grade(JsonElement facts, Locale locale) => (DwellingGrade)facts.GetProperty("grade").GetInt32() switch
    {
        DwellingGrade.NoDwelling => new Text("无房", "as none at all").In(locale),
        var grade => new Text($"{grade} 级", $"{grade}").In(locale),
    };
}
