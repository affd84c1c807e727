using System.Globalization;
using Governance.Common.V1;
using Governance.Platform.Policies;

namespace Governance.Platform.Procedures;

/// <summary>
/// A procedure as its policy file has it: steps that are taken one after another. A running procedure keeps the definition that
/// it began with.
/// </summary>
public sealed record Definition(string Id, Text Title, IReadOnlyList<StepDefinition> Steps, PolicyCitation Citation)
{
    public int IndexOf(string step)
    {
        for (var i = 0; i < Steps.Count; i++)
        {
            if (Steps[i].Id == step)
                return i;
        }
        return -1;
    }
}

/// <summary>A definition before the values that its durations may refer to are looked up for a division and a date.</summary>
sealed record ProcedureTemplate(Text Title, IReadOnlyList<StepDefinition> Steps)
{
    /// <summary>Ids of the policy values that durations are taken from.</summary>
    public IEnumerable<string> Durations =>
        Steps.SelectMany(step => (Period?[])[step.Within, step.For]).Select(period => period?.Policy).OfType<string>();

    public Definition Resolve(string id, PolicyCitation citation, Func<string, int> days)
    {
        var steps = Steps.Select(step => step with { Within = step.Within?.Resolve(days), For = step.For?.Resolve(days) });
        return new Definition(id, Title, [.. steps], citation);
    }
}

/// <summary>
/// One step. It is completed by an official of the <see cref="Level"/> at which the subject lies who has the
/// <see cref="Permission"/>; a notice or an announcement by time alone.
/// </summary>
public sealed record StepDefinition(string Id, StepKind Kind, Level Level, Text Title)
{
    public string Permission { get; init; } = "";

    /// <summary>The deadline, counted from the procedure's first day or from the completion of step <see cref="Since"/>.</summary>
    public Period? Within { get; init; }

    public string Since { get; init; } = "";

    /// <summary>How long a notice or an announcement is on.</summary>
    public Period? For { get; init; }

    /// <summary>The kinds of attachment that completing it takes.</summary>
    public IReadOnlyList<string> Attachments { get; init; } = [];

    /// <summary>How many of those entitled must take part in a vote for it to count.</summary>
    public Share? Quorum { get; init; }

    /// <summary>How many of those who take part must be in favour.</summary>
    public Share? Majority { get; init; }

    /// <summary>The earlier step that a rejection leads back to; empty ends the procedure.</summary>
    public string OnReject { get; init; } = "";

    /// <summary>The earlier step that it may be returned to; empty allows no return.</summary>
    public string OnReturn { get; init; } = "";

    /// <summary>The earlier step that an upheld objection leads back to; empty is the same as <see cref="OnReturn"/>.</summary>
    public string OnObjection { get; init; } = "";

    /// <summary>Whether it completes by time rather than by an act.</summary>
    public bool RunsByItself => Kind is StepKind.Notice or StepKind.Announcement;

    /// <summary>What its actor may do to it.</summary>
    public IEnumerable<Outcome> Outcomes
    {
        get
        {
            if (!RunsByItself)
                yield return Outcome.Approve;
            if (Kind is StepKind.Task or StepKind.Review or StepKind.Vote)
                yield return Outcome.Reject;
            if (OnReturn.Length > 0)
                yield return Outcome.Return;
        }
    }

    /// <summary>What is wrong with it, given the ids of the steps before it.</summary>
    internal IEnumerable<string> Faults(IReadOnlyList<string> earlier)
    {
        if (earlier.Contains(Id, StringComparer.Ordinal))
            yield return $"step \"{Id}\" is there twice";
        if (RunsByItself && For is null)
            yield return $"step \"{Id}\" needs \"for\": how long it is on";
        if (!RunsByItself && For is not null)
            yield return $"\"for\" belongs to notices and announcements only, not to step \"{Id}\"";
        if (RunsByItself && (Within is not null || Attachments.Count > 0))
            yield return $"step \"{Id}\" completes by time, so it takes neither \"within\" nor \"attachments\"";
        if (Kind == StepKind.Vote && (Quorum is null || Majority is null))
            yield return $"vote \"{Id}\" needs \"quorum\" and \"majority\"";
        if (Kind != StepKind.Vote && (Quorum is not null || Majority is not null))
            yield return $"\"quorum\" and \"majority\" belong to votes only, not to step \"{Id}\"";
        if (OnReject.Length > 0 && !Outcomes.Contains(Outcome.Reject))
            yield return $"step \"{Id}\" cannot be rejected, so it takes no \"onReject\"";
        if (Kind == StepKind.Notice && OnObjection.Length + OnReturn.Length == 0)
            yield return $"notice \"{Id}\" needs \"onObjection\" or \"onReturn\"";
        if (Kind != StepKind.Notice && OnObjection.Length > 0)
            yield return $"\"onObjection\" belongs to notices only, not to step \"{Id}\"";
        (string, string)[] references = [("since", Since), ("onReject", OnReject), ("onReturn", OnReturn), ("onObjection", OnObjection)];
        foreach (var (key, step) in references)
        {
            if (step.Length > 0 && !earlier.Contains(step, StringComparer.Ordinal))
                yield return $"\"{key}\" of step \"{Id}\" must name an earlier step, and \"{step}\" is none";
        }
        if (Since.Length > 0 && Within is null)
            yield return $"step \"{Id}\" says \"since\" without \"within\"";
    }
}

/// <summary>
/// A number of calendar days, working days or months, or the id of a policy value that gives the days. The first day does not count
/// and the last counts whole (Civil Code art. 201); a month ends on the same day of the month, or on its last (art. 202).
/// </summary>
public readonly record struct Period(int Count, bool Months, string? Policy = null, bool Working = false)
{
    /// <summary>Reads <c>15d</c>, <c>5wd</c>, <c>6M</c> or a policy's id; <c>null</c> when it is none of these.</summary>
    public static Period? Parse(string text)
    {
        if (text.Contains('.', StringComparison.Ordinal))
            return new Period(0, Months: false, text);
        if (text is [.. var working, 'w', 'd'])
            return Number(working) is { } days ? new Period(days, Months: false, Working: true) : null;
        return text is [.. var count, 'd' or 'M'] && Number(count) is { } number ? new Period(number, Months: text[^1] == 'M') : null;
    }

    /// <summary>The last day of the period that begins on <paramref name="day"/> in <paramref name="division"/>.</summary>
    public DateOnly After(DateOnly day, string division, WorkCalendar calendar) =>
        Working ? calendar.After(division, day, Count) : Months ? day.AddMonths(Count) : day.AddDays(Count);

    internal Period Resolve(Func<string, int> days) => Policy is null ? this : new Period(days(Policy), Months: false);

    /// <summary>A whole number from 1 to 9999; <c>null</c> for anything else.</summary>
    internal static int? Number(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 10_000 ? number : null;
}

/// <summary>A share that a count must reach ("at least 2/3") or exceed ("over 1/2"); exact, without rounding.</summary>
public readonly record struct Share(int Numerator, int Denominator, bool Over)
{
    const string Exceed = "over ";
    const string Reach = "at least ";

    /// <summary>Reads <c>over 1/2</c> or <c>at least 2/3</c>; <c>null</c> when it is neither.</summary>
    public static Share? Parse(string text)
    {
        var over = text.StartsWith(Exceed, StringComparison.Ordinal);
        if (!over && !text.StartsWith(Reach, StringComparison.Ordinal))
            return null;
        return text[(over ? Exceed : Reach).Length..].Split('/') is [var part, var whole]
            && Period.Number(part) is { } numerator && Period.Number(whole) is { } denominator && numerator <= denominator
            ? new Share(numerator, denominator, over)
            : null;
    }

    public bool Holds(long part, long whole) => Over ? part * Denominator > whole * Numerator : part * Denominator >= whole * Numerator;

    public override string ToString() => $"{(Over ? ">" : "≥")} {Numerator}/{Denominator}";
}
