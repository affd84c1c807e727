using System.Collections.Frozen;
using System.Reflection;

namespace Governance.Platform.Rules;

/// <summary>The service's rules by code: what a constraint's name is looked up in.</summary>
public sealed class RuleBook(IEnumerable<Rule> rules)
{
    readonly FrozenDictionary<string, Rule> _byCode = rules.ToFrozenDictionary(rule => rule.Code, StringComparer.Ordinal);

    /// <summary>The rule with this code.</summary>
    public Rule? Find(string code) => _byCode.GetValueOrDefault(code);

    /// <summary>The rules that a class declares as its public static fields.</summary>
    public static IEnumerable<Rule> DeclaredIn(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<Rule>();
}
