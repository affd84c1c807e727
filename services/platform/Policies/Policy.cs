using Governance.Common.V1;

namespace Governance.Platform.Policies;

/// <summary>A value that a policy file gives, by id. What a service asks for is declared once, as <see cref="Policy{T}"/>.</summary>
public abstract class Policy(string id, Type type)
{
    /// <summary><c>service.words</c>, e.g. <c>monitoring.plan.days</c>: the first word names the service that asks.</summary>
    public string Id { get; } = id;

    internal Type Type { get; } = type;
}

/// <summary>
/// A policy value of one type, which settles the units that its file may use: <see cref="int"/> a count or days, <see cref="long"/>
/// an amount in fen, <see cref="decimal"/> a share or a measure, <see cref="bool"/>, <see cref="string"/> and <see cref="DateOnly"/>.
/// </summary>
public sealed class Policy<T>(string id) : Policy(id, typeof(T)) where T : notnull;

/// <summary>A value with where it came from; a decision stores the citation, so that it can be explained years later.</summary>
public sealed record PolicyValue<T>(T Value, PolicyCitation Citation);

/// <summary>
/// The policy files cannot be used. The message says file, line and remedy of every fault; the service does not start.
/// </summary>
public sealed class PolicyException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
