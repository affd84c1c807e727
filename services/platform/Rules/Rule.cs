using System.Globalization;
using System.Text.RegularExpressions;

namespace Governance.Platform.Rules;

/// <summary>
/// A business rule as the documents state it. <see cref="Code"/> is what the client receives, what the constraint in the
/// database names, and what a test names; <see cref="Source"/> is the rule's id and clause, e.g. "ORG-03 S4 二(二)".
/// The sentences may hold {0}-style places for figures; a <see cref="Text"/> among these is told in the language of the sentence.
/// </summary>
public sealed partial record Rule(string Code, string Zh, string En, string Source)
{
    /// <summary>The exception that says that this rule was broken; <paramref name="figures"/> fill the sentence's places.</summary>
    public RuleBrokenException Broken(params object[] figures) => new(this, figures);

    /// <summary>Throws unless <paramref name="holds"/>.</summary>
    /// <exception cref="RuleBrokenException">The rule is broken.</exception>
    public void Require(bool holds, params object[] figures)
    {
        if (!holds)
            throw Broken(figures);
    }

    /// <summary>The rule's sentence with its figures.</summary>
    public Text Sentence(params object[] figures) => new(
        string.Format(CultureInfo.InvariantCulture, Zh, Told(figures, Locale.Zh)),
        string.Format(CultureInfo.InvariantCulture, En, Told(figures, Locale.En)));

    static object[] Told(object[] figures, Locale locale) => Array.ConvertAll(figures, figure => figure is Text text ? text.In(locale) : figure);

    /// <summary>The rule's sentence where only the database saw it broken, which tells no figures.</summary>
    public Text SentenceWithoutFigures() => new(Places().Replace(Zh, "…"), Places().Replace(En, "…"));

    [GeneratedRegex(@"\{\d+\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Places();
}

/// <summary>A business rule stands against the request. Answered as FAILED_PRECONDITION with the rule's code and source.</summary>
public sealed class RuleBrokenException(Rule rule, params object[] figures) : Exception(rule.Code)
{
    public Rule Rule { get; } = rule;

    public Text Sentence { get; } = rule.Sentence(figures);
}
