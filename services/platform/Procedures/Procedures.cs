using Governance.Common.V1;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;
using Governance.Platform.Rules;

namespace Governance.Platform.Procedures;

/// <summary>How a procedure ended: <see cref="Outcome.Approve"/> or <see cref="Outcome.Reject"/>.</summary>
public sealed record ProcedureCompleted(Guid Id, string Definition, string Subject, string Division, Outcome Outcome);

/// <summary>What a noun does when a procedure about it has ended.</summary>
sealed record ProcedureReaction(string Definition, Func<IServiceProvider, Transaction, ProcedureCompleted, Task> Completed);

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
        var latest = await tx.LatestProcedure(definition, subject);
        PlatformRules.ProcedureRunning.Require(latest is not { Running: true });
        var instance = Instance.Start(
            Guid.CreateVersion7(tx.Now), _book.Procedure(definition, division, tx.Today), subject, division, since ?? tx.Today, tx.Now);
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
    public Task Object(Transaction tx, Guid procedure, string step, string objection) =>
        Move(tx, procedure, instance => instance.Object(tx.Caller, step, objection, tx.Now));

    /// <inheritdoc cref="Instance.Decide"/>
    public Task DecideObjection(Transaction tx, Guid procedure, int objection, bool upheld, string reason) =>
        Move(tx, procedure, instance => instance.Decide(tx.Caller, objection, upheld, reason, tx.Now));

    /// <inheritdoc cref="Instance.Cancel"/>
    /// <remarks>The noun is not called back: it is the noun that cancels.</remarks>
    public Task Cancel(Transaction tx, Guid procedure, string reason) =>
        Move(tx, procedure, instance => instance.Cancel(tx.Caller, reason, tx.Now));

    /// <summary>The procedure as callers see it.</summary>
    /// <exception cref="NotFoundException">There is none within the caller's scope.</exception>
    public async Task<Procedure> Get(Transaction tx, Guid procedure, Locale locale) =>
        (await tx.Procedure(procedure, forUpdate: false)).ToContract(locale, tx.Today);

    /// <summary>The latest procedure of <paramref name="definition"/> about <paramref name="subject"/>, if any.</summary>
    public async Task<Procedure?> Of(Transaction tx, string definition, string subject, Locale locale = Locale.Zh) =>
        (await tx.LatestProcedure(definition, subject))?.ToContract(locale, tx.Today);

    /// <summary>Does what time has done to one procedure, and tells once that its open step is overdue.</summary>
    internal Task Sweep(Transaction tx, Guid procedure) =>
        Move(tx, procedure, instance => instance with { OverdueTold = instance.OverdueTold || instance.IsOverdue(tx.Today) });

    async Task Move(Transaction tx, Guid id, Func<Instance, Instance> move)
    {
        var before = await tx.Procedure(id, forUpdate: true);
        var after = move(before.Tick(tx.Now));
        if (after == before)
            return;
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
        if (after.State is ProcedureState.Approved or ProcedureState.Rejected && _reactions.TryGetValue(after.Definition.Id, out var reaction))
        {
            var outcome = after.State == ProcedureState.Approved ? Outcome.Approve : Outcome.Reject;
            await reaction.Completed(_services, tx, new ProcedureCompleted(id, after.Definition.Id, after.Subject, after.Division, outcome));
        }
    }
}
