using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Governance.Common.V1;
using Governance.Platform.Identity;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;
using Governance.Platform.Rules;

namespace Governance.Platform.Procedures;

/// <summary>When a step was last opened and done.</summary>
public sealed record StepTimes(DateTimeOffset? Open, DateTimeOffset? Done)
{
    /// <summary>Of a step that waits for its turn.</summary>
    public static StepTimes Waiting { get; } = new(null, null);
}

/// <summary>That a step was done, or was sent back from, by <paramref name="Act"/> or by time.</summary>
public sealed record PassedStep(StepDefinition Step, Outcome Outcome, Act? Act);

/// <summary>
/// A procedure about one subject. Exactly one step is open while it runs; a step that is sent back opens again with every step
/// after it waiting. Its moves are pure: each answers with the next state, or throws and changes nothing. Acts are only added.
/// </summary>
public sealed record Instance(Guid Id, Definition Definition, string Subject, string Division, DateOnly Since, DateTimeOffset StartTime)
{
    public ProcedureState State { get; init; } = ProcedureState.Running;

    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Index of the open step; that of the last open one when the procedure has ended.</summary>
    public int Current { get; init; }

    public ImmutableArray<StepTimes> Times { get; init; } = [];

    public ImmutableArray<Act> Acts { get; init; } = [];

    /// <summary>Whether it was told that the open step is overdue.</summary>
    public bool OverdueTold { get; init; }

    /// <summary>What the moves since it was read did to its steps, in order. It is told and not kept: the acts are.</summary>
    public ImmutableArray<PassedStep> Passed { get; init; } = [];

    /// <summary>Which days count where a clock runs in working days: as known today, whatever was known when it began.</summary>
    public WorkCalendar WorkCalendar { get; init; } = WorkCalendar.Weekdays;

    public StepDefinition Step => Definition.Steps[Current];

    public bool Running => State == ProcedureState.Running;

    /// <summary>Begins with the first step open. Deadlines count from <paramref name="since"/>, the day the matter began.</summary>
    public static Instance Start(Guid id, Definition definition, string subject, string division, DateOnly since, DateTimeOffset now) =>
        new(id, definition, subject, division, since, now)
        {
            Times = [new StepTimes(now, null), .. Enumerable.Repeat(StepTimes.Waiting, definition.Steps.Count - 1)],
        };

    /// <summary>Completes the open step: approve goes on, reject ends or sends back, return sends back.</summary>
    /// <exception cref="DeniedException">The caller is not of the step's level and place, or lacks its permission.</exception>
    /// <exception cref="InvalidException">There is no such step, or a reason or a tally is missing.</exception>
    /// <exception cref="RuleBrokenException">The step is not open, or may not end so.</exception>
    public Instance Act(
        Caller caller, string step, Outcome outcome, string note, IReadOnlyList<Attachment> attachments, Tally? tally, DateTimeOffset now)
    {
        RequireOpen(step);
        RequireActor(caller);
        PlatformRules.ProcedureRunsByItself.Require(!Step.RunsByItself || outcome != Outcome.Approve, step, Calendar.Format(EndOf(Current)));
        var choices = string.Join(", ", Step.Outcomes.Select(Name));
        PlatformRules.ProcedureOutcome.Require(Step.Outcomes.Contains(outcome), step, Name(outcome), choices);
        if (outcome != Outcome.Approve)
            RequireReason("note", note);
        if (outcome != Outcome.Return)
        {
            var missing = Step.Attachments.Except(attachments.Select(attachment => attachment.Kind), StringComparer.Ordinal).ToList();
            PlatformRules.ProcedureAttachments.Require(missing.Count == 0, step, string.Join(", ", missing));
            RequireCount(tally, outcome);
        }
        var acted = With(caller, now, new Act { Outcome = outcome, Note = note, Attachments = { attachments }, Tally = tally });
        return outcome switch
        {
            Outcome.Approve => acted.Advance(now, acted.Acts[^1]),
            Outcome.Return => acted.SendBack(Step.OnReturn, now),
            _ when Step.OnReject.Length > 0 => acted.SendBack(Step.OnReject, now),
            _ => acted.End(ProcedureState.Rejected, now),
        };
    }

    /// <summary>
    /// Objects to the open notice, or to the part of it that <paramref name="about"/> names. The notice then does not end before the
    /// objection is decided.
    /// </summary>
    /// <exception cref="RuleBrokenException">No notice is on.</exception>
    public Instance Object(Caller caller, string step, string objection, DateTimeOffset now, string about = "")
    {
        RequireReason("objection", objection);
        RequireStep(step);
        PlatformRules.ProcedureObjectionClosed.Require(Running && Step.Id == step && Step.Kind == StepKind.Notice, step);
        return With(caller, now, new Act { Objection = objection, About = about });
    }

    /// <summary>Decides an objection: upheld, it sends the procedure back; dismissed, the notice goes on.</summary>
    public Instance Decide(Caller caller, int objection, bool upheld, string reason, DateTimeOffset now)
    {
        RequireReason("reason", reason);
        RequireActor(caller);
        var standing = StandingObjections.FirstOrDefault(act => act.Number == objection);
        PlatformRules.ProcedureObjectionDecided.Require(standing is not null, objection);
        var outcome = upheld ? Outcome.Return : Outcome.Unspecified;
        var decided = With(caller, now, new Act { Decides = objection, Note = reason, Outcome = outcome, About = standing!.About });
        return upheld ? decided.SendBack(Step.OnObjection.Length > 0 ? Step.OnObjection : Step.OnReturn, now) : decided.Tick(now);
    }

    /// <summary>Ends it without a result, because its subject needs it no more.</summary>
    public Instance Cancel(Caller caller, string reason, DateTimeOffset now)
    {
        RequireReason("reason", reason);
        PlatformRules.ProcedureEnded.Require(Running);
        return With(caller, now, new Act { Note = reason }).End(ProcedureState.Cancelled, now);
    }

    /// <summary>
    /// Goes along with its subject: the open step is for officials of the new place from now on. What was done stays done and deadlines run on,
    /// but a notice that comes to hang elsewhere is on for its whole time there.
    /// </summary>
    /// <exception cref="RuleBrokenException">An objection to that notice is still to be decided by those whom it was raised with.</exception>
    public Instance MoveTo(string division, DateTimeOffset now)
    {
        var moved = this with { Division = division };
        if (!Running || Step.For is null || moved.ActorDivision(Step) == ActorDivision(Step))
            return moved;
        PlatformRules.ProcedureObjectionStands.Require(!StandingObjections.Any(), Step.Id);
        return moved with { Times = Times.SetItem(Current, new StepTimes(now, null)) };
    }

    /// <summary>Does what time does: a notice or an announcement whose last day is over completes, unless an objection stands.</summary>
    public Instance Tick(DateTimeOffset now)
    {
        var next = this;
        while (next is { Running: true, Waits: false } && next.EndOf(next.Current) < Calendar.DateOf(now))
            next = next.Advance(now, act: null);
        return next;
    }

    /// <summary>Whether the open step waits for an official: a notice does only while an objection stands.</summary>
    public bool Waits => Running && (!Step.RunsByItself || StandingObjections.Any());

    /// <summary>Objections to the open notice that are still to be decided.</summary>
    public IEnumerable<Act> StandingObjections => !Running ? [] : Acts.Where(act =>
        act.Objection.Length > 0 && act.StepId == Step.Id && act.Time.ToDateTimeOffset() >= Times[Current].Open
        && !Acts.Any(decision => decision.Decides == act.Number));

    /// <summary>Whether the last day of the open step has passed.</summary>
    public bool IsOverdue(DateOnly today) => Running && DueOf(Current) < today;

    /// <summary>The last day on which step <paramref name="index"/> is in time; <c>null</c> when it has no deadline, or none yet.</summary>
    public DateOnly? DueOf(int index)
    {
        if (Definition.Steps[index] is not { Within: { } within } step)
            return null;
        if (step.Since.Length == 0)
            return within.After(Since, Division, WorkCalendar);
        return Times[Definition.IndexOf(step.Since)].Done is { } done ? within.After(Calendar.DateOf(done), Division, WorkCalendar) : null;
    }

    /// <summary>The last day of the notice or announcement <paramref name="index"/>; <c>null</c> for other kinds and before it is on.</summary>
    public DateOnly? EndOf(int index) =>
        Definition.Steps[index].For is { } period && Times[index].Open is { } open
            ? period.After(Calendar.DateOf(open), Division, WorkCalendar)
            : null;

    /// <summary>Whose officials act on <paramref name="step"/>: the subject's division at that level, or its own where it lies higher.</summary>
    public string ActorDivision(StepDefinition step) => Divisions.At(step.Level, Division);

    /// <summary>The procedure as callers see it.</summary>
    public Procedure ToContract(Locale locale, DateOnly today) => new()
    {
        Id = Id.ToString(),
        Definition = Definition.Id,
        Title = Definition.Title.In(locale),
        Subject = Subject,
        Division = Division,
        State = State,
        StartTime = StartTime.ToTimestamp(),
        EndTime = EndTime?.ToTimestamp(),
        Steps = { Definition.Steps.Select((_, index) => StepToContract(index, locale, today)) },
        Acts = { Acts },
        Citation = Definition.Citation,
        StandingObjections = { StandingObjections.Select(act => act.Number) },
    };

    /// <summary>The open step as a task of those who may act on it.</summary>
    public ProcedureTask ToTask(Locale locale, DateOnly today) => new()
    {
        ProcedureId = Id.ToString(),
        Definition = Definition.Id,
        Subject = Subject,
        Division = Division,
        Step = StepToContract(Current, locale, today),
    };

    Step StepToContract(int index, Locale locale, DateOnly today)
    {
        var step = Definition.Steps[index];
        var open = Running && index == Current;
        return new Step
        {
            Id = step.Id,
            Title = step.Title.In(locale),
            Kind = step.Kind,
            Level = step.Level,
            State = Times[index].Done is not null ? StepState.Done : open ? StepState.Open : StepState.Waiting,
            OpenTime = Times[index].Open?.ToTimestamp(),
            DueDate = Calendar.Format(DueOf(index)),
            EndDate = Calendar.Format(EndOf(index)),
            Overdue = open && IsOverdue(today),
            DoneTime = Times[index].Done?.ToTimestamp(),
            Outcomes = { step.Outcomes },
            Attachments = { step.Attachments },
            Permission = step.Permission,
            ActorDivision = ActorDivision(step),
        };
    }

    void RequireStep(string step)
    {
        if (Definition.IndexOf(step) >= 0)
            return;
        var steps = string.Join(", ", Definition.Steps.Select(known => known.Id));
        throw new InvalidException("step_id", "NOT_A_STEP",
            $"字段 step_id 必须是该流程的步骤之一：{steps}。", $"Field \"step_id\" must be one of this procedure's steps: {steps}.");
    }

    void RequireOpen(string step)
    {
        RequireStep(step);
        PlatformRules.ProcedureEnded.Require(Running);
        PlatformRules.ProcedureStepClosed.Require(Step.Id == step, step, Step.Id);
    }

    /// <summary>Throws unless <paramref name="caller"/> may act on the open step.</summary>
    /// <exception cref="DeniedException">The caller is not of the step's level and place, or lacks its permission.</exception>
    public void RequireActor(Caller caller)
    {
        // The service itself acts on what it was told by an event; nobody else has the empty division.
        if (caller.Division.Length == 0)
            return;
        var division = ActorDivision(Step);
        if (caller.Division != division)
        {
            throw new DeniedException("PROCEDURE_LEVEL",
                $"步骤 {Step.Id} 应由行政区划 {division} 的人员办理。", $"Step \"{Step.Id}\" is for officials of division {division}.");
        }
        if (!caller.May(Step.Permission))
        {
            throw new DeniedException("PROCEDURE_PERMISSION",
                $"办理步骤 {Step.Id} 需要权限 {Step.Permission}，请联系管理员授权。",
                $"Step \"{Step.Id}\" takes the permission \"{Step.Permission}\". Ask an administrator for it.");
        }
    }

    static void RequireReason(string field, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new InvalidException(field, "REQUIRED", $"请在字段 {field} 中说明理由。", $"Give the reason in field \"{field}\".");
    }

    void RequireCount(Tally? tally, Outcome outcome)
    {
        if (Step.Kind != StepKind.Vote)
        {
            if (tally is null)
                return;
            throw new InvalidException("tally", "NOT_A_VOTE",
                $"步骤 {Step.Id} 不是表决，请勿填报票数。", $"Step \"{Step.Id}\" is no vote: leave the tally out.");
        }
        var voters = tally is null ? -1 : (long)tally.InFavour + tally.Against + tally.Abstained;
        if (tally is not { Entitled: > 0, InFavour: >= 0, Against: >= 0, Abstained: >= 0 } || voters > tally.Entitled)
        {
            throw new InvalidException("tally", "NOT_A_COUNT",
                "请在字段 tally 中填报票数：应到人数大于零，赞成、反对与弃权之和不超过应到人数。",
                "Give the count in field \"tally\": who is entitled, and of these no more in favour, against and abstained than there are.");
        }
        var (quorum, majority) = (Step.Quorum!.Value, Step.Majority!.Value);
        PlatformRules.ProcedureQuorum.Require(quorum.Holds(voters, tally.Entitled), voters, tally.Entitled, quorum);
        PlatformRules.ProcedureMajority.Require(
            majority.Holds(tally.InFavour, voters) == (outcome == Outcome.Approve), tally.InFavour, voters, majority);
    }

    Instance With(Caller caller, DateTimeOffset now, Act act)
    {
        act.Number = Acts.Length + 1;
        act.StepId = Step.Id;
        act.ActorId = caller.Subject;
        act.ActorName = caller.Name;
        act.Time = now.ToTimestamp();
        return this with { Acts = Acts.Add(act) };
    }

    Instance Advance(DateTimeOffset now, Act? act)
    {
        var done = this with
        {
            Times = Times.SetItem(Current, Times[Current] with { Done = now }),
            Passed = Passed.Add(new PassedStep(Step, Outcome.Approve, act)),
        };
        return Current == Definition.Steps.Count - 1
            ? done.End(ProcedureState.Approved, now)
            : done with { Current = Current + 1, Times = done.Times.SetItem(Current + 1, new StepTimes(now, null)), OverdueTold = false };
    }

    Instance SendBack(string step, DateTimeOffset now)
    {
        var target = Definition.IndexOf(step);
        return this with
        {
            Current = target,
            Times = [.. Times.Take(target), new StepTimes(now, null), .. Enumerable.Repeat(StepTimes.Waiting, Times.Length - target - 1)],
            OverdueTold = false,
            Passed = Passed.Add(new PassedStep(Step, Acts[^1].Outcome, Acts[^1])),
        };
    }

    Instance End(ProcedureState state, DateTimeOffset now) => this with { State = state, EndTime = now };

    /// <summary>The outcome as a request spells it.</summary>
    static string Name(Outcome outcome) => $"OUTCOME_{outcome.ToString().ToUpperInvariant()}";
}
