using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;
using Governance.Platform.Rules;

namespace Governance.Platform.Procedures;

/// <summary>How a procedure ended: <see cref="Outcome.Approve"/> or <see cref="Outcome.Reject"/>.</summary>
public sealed record ProcedureCompleted(Guid Id, string Definition, string Subject, string Division, Outcome Outcome);

/// <summary>
/// That a step of a running procedure was done (<see cref="Outcome.Approve"/>) or was sent back from, by <paramref name="Act"/> or, for
/// notices and announcements, by time (<c>null</c>). <paramref name="Act"/> decides an objection when it says which.
/// </summary>
public sealed record ProcedureStepped(Guid Id, string Definition, string Subject, string Division, StepDefinition Step, Outcome Outcome, Act? Act);

/// <summary>
/// A notice or an announcement about <paramref name="Matter"/> that is on, from the day after <paramref name="Opened"/> until the end of
/// <paramref name="Until"/>.
/// </summary>
public sealed record OpenNotice(Guid Procedure, Text Matter, string Subject, string Division, StepDefinition Step, DateOnly Opened, DateOnly Until);

/// <summary>What a noun does when a step of a procedure about it was done or sent back from, and when it has ended.</summary>
sealed record ProcedureReaction(string Definition, Func<IServiceProvider, Transaction, ProcedureCompleted, Task> Completed,
    Func<IServiceProvider, Transaction, ProcedureStepped, Task>? Stepped);

/// <summary>
/// The service's running and finished procedures. Every move locks its procedure, first does what time has done to it, and lets the
/// noun react in the same transaction when it ends.
/// </summary>
public sealed class Procedures
{
    readonly PolicyBook _book;
    readonly IServiceProvider _services;
    readonly Dictionary<string, ProcedureReaction> _reactions;

    internal Procedures(PolicyBook book, IEnumerable<ProcedureReaction> reactions, IServiceProvider services)
    {
        _book = book;
        _services = services;
        _reactions = reactions.ToDictionary(reaction => reaction.Definition, StringComparer.Ordinal);
    }

    /// <summary>
    /// Starts a procedure about <paramref name="subject"/> in <paramref name="division"/> and answers with its id. It keeps the
    /// definition that is in force there today. Its deadlines count from <paramref name="since"/>, e.g. the day on which a clue was
    /// found; from today when left out.
    /// </summary>
    /// <exception cref="RuleBrokenException">One of the same definition is running about the subject.</exception>
    public async Task<Guid> Start(Transaction tx, string definition, string subject, string division, DateOnly? since = null)
    {
        if (!_reactions.ContainsKey(definition))
            throw new InvalidOperationException($"Procedure \"{definition}\" was never declared with Procedure(…).");
        var latest = await tx.LatestProcedure(definition, subject, _book.WorkCalendar);
        PlatformRules.ProcedureRunning.Require(latest is not { Running: true });
        var instance = Instance.Start(
            Guid.CreateVersion7(tx.Now), _book.Procedure(definition, division, tx.Today), subject, division, since ?? tx.Today, tx.Now)
            with { WorkCalendar = _book.WorkCalendar };
        await tx.AddProcedure(instance);
        return instance.Id;
    }

    /// <inheritdoc cref="Instance.Act"/>
    /// <remarks>Acts as the transaction's caller.</remarks>
    public Task Act(
        Transaction tx, Guid procedure, string step, Outcome outcome, string note = "",
        IReadOnlyList<Attachment>? attachments = null, Tally? tally = null) =>
        Move(tx, procedure, instance => instance.Act(tx.Caller, step, outcome, note, attachments ?? [], tally, tx.Now));

    /// <inheritdoc cref="Instance.Object"/>
    public Task Object(Transaction tx, Guid procedure, string step, string objection, string about = "") =>
        Move(tx, procedure, instance => instance.Object(tx.Caller, step, objection, tx.Now, about));

    /// <inheritdoc cref="Instance.Decide"/>
    public Task DecideObjection(Transaction tx, Guid procedure, int objection, bool upheld, string reason) =>
        Move(tx, procedure, instance => instance.Decide(tx.Caller, objection, upheld, reason, tx.Now));

    /// <inheritdoc cref="Instance.Cancel"/>
    /// <remarks>The noun is not called back: it is the noun that cancels.</remarks>
    public Task Cancel(Transaction tx, Guid procedure, string reason) =>
        Move(tx, procedure, instance => instance.Cancel(tx.Caller, reason, tx.Now));

    /// <inheritdoc cref="Instance.MoveTo"/>
    /// <remarks>
    /// Its subject has moved <paramref name="from"/> one division <paramref name="to"/> another, and may have brought its row into the caller's
    /// scope already.
    /// </remarks>
    public async Task Follow(Transaction tx, Guid procedure, string from, string to)
    {
        var before = await tx.Procedure(procedure, forUpdate: true, _book.WorkCalendar) with { Division = from };
        var after = before.Tick(tx.Now).MoveTo(to, tx.Now);
        var version = await Save(tx, before, after);
        if (after.Running)
        {
            tx.Publish(new ProcedureMoved
            {
                ProcedureId = procedure.ToString(),
                Definition = after.Definition.Id,
                Subject = after.Subject,
                FromDivision = from,
                Division = to,
                StepId = after.Step.Id,
                ActorDivision = after.ActorDivision(after.Step),
                DueDate = Calendar.Format(after.DueOf(after.Current)),
            }, procedure.ToString(), to, version);
        }
    }

    /// <summary>The procedure as callers see it.</summary>
    /// <exception cref="NotFoundException">There is none within the caller's scope.</exception>
    public async Task<Procedure> Get(Transaction tx, Guid procedure, Locale locale) =>
        (await tx.Procedure(procedure, forUpdate: false, _book.WorkCalendar)).ToContract(locale, tx.Today);

    /// <summary>The open step, for a caller who may act on it: what a noun asks before it changes what the step is about.</summary>
    /// <inheritdoc cref="Instance.RequireActor"/>
    /// <exception cref="RuleBrokenException">The procedure has ended.</exception>
    public async Task<StepDefinition> OpenStep(Transaction tx, Guid procedure)
    {
        var instance = (await tx.Procedure(procedure, forUpdate: true, _book.WorkCalendar)).Tick(tx.Now);
        PlatformRules.ProcedureEnded.Require(instance.Running);
        instance.RequireActor(tx.Caller);
        return instance.Step;
    }

    /// <summary>The open steps that wait for the caller, soonest due first, after the one whose key is <paramref name="after"/>.</summary>
    internal Task<List<Instance>> Tasks(Transaction tx, bool overdue, (DateOnly Due, Guid Id) after, int limit) =>
        tx.Tasks(overdue, after, limit, _book.WorkCalendar);

    /// <summary>The notices and announcements that are on in the caller's scope, in the order of their procedures' ids.</summary>
    public async Task<List<OpenNotice>> Notices(Transaction tx, Guid after, int limit) =>
        (await tx.OpenNotices(id: null, after, limit, _book.WorkCalendar)).ConvertAll(Notice);

    /// <summary>The notice or announcement of one procedure; <c>null</c> when none is on.</summary>
    public async Task<OpenNotice?> FindNotice(Transaction tx, Guid procedure) =>
        (await tx.OpenNotices(procedure, Guid.Empty, limit: 1, _book.WorkCalendar)).ConvertAll(Notice).FirstOrDefault();

    /// <summary>The latest procedure of <paramref name="definition"/> about <paramref name="subject"/>, if any.</summary>
    public async Task<Procedure?> Of(Transaction tx, string definition, string subject, Locale locale = Locale.Zh) =>
        (await tx.LatestProcedure(definition, subject, _book.WorkCalendar))?.ToContract(locale, tx.Today);

    /// <summary>Does what time has done to one procedure, and tells once that its open step is overdue.</summary>
    internal Task Sweep(Transaction tx, Guid procedure) =>
        Move(tx, procedure, instance => instance with { OverdueTold = instance.OverdueTold || instance.IsOverdue(tx.Today) });

    async Task Move(Transaction tx, Guid id, Func<Instance, Instance> move)
    {
        var before = await tx.Procedure(id, forUpdate: true, _book.WorkCalendar);
        var after = move(before.Tick(tx.Now));
        if (after != before)
            await Save(tx, before, after);
    }

    /// <summary>Saves what a move made of a procedure, tells of it, and lets the noun react; answers with the procedure's new version.</summary>
    async Task<long> Save(Transaction tx, Instance before, Instance after)
    {
        var id = after.Id;
        var version = await tx.SaveProcedure(before, after);
        if (after.OverdueTold && !before.OverdueTold)
        {
            tx.Publish(new ProcedureStepOverdue
            {
                ProcedureId = id.ToString(),
                Definition = after.Definition.Id,
                Subject = after.Subject,
                Division = after.Division,
                StepId = after.Step.Id,
                ActorDivision = after.ActorDivision(after.Step),
                DueDate = Calendar.Format(after.DueOf(after.Current)),
            }, id.ToString(), after.Division, version);
        }
        if (!_reactions.TryGetValue(after.Definition.Id, out var reaction))
            return version;
        if (reaction.Stepped is { } stepped)
        {
            foreach (var (step, outcome, act) in after.Passed)
                await stepped(_services, tx, new ProcedureStepped(id, after.Definition.Id, after.Subject, after.Division, step, outcome, act));
        }
        if (before.Running && after.State is (ProcedureState.Approved or ProcedureState.Rejected))
        {
            var outcome = after.State == ProcedureState.Approved ? Outcome.Approve : Outcome.Reject;
            await reaction.Completed(_services, tx, new ProcedureCompleted(id, after.Definition.Id, after.Subject, after.Division, outcome));
        }
        return version;
    }

    static OpenNotice Notice(Instance instance) => new(
        instance.Id, instance.Definition.Title, instance.Subject, instance.Division, instance.Step,
        Calendar.DateOf(instance.Times[instance.Current].Open!.Value), instance.EndOf(instance.Current)!.Value);
}
