using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Policies;
using Governance.Platform.Procedures;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Monitoring;

/// <summary>What the steps of the procedure do to the list and its households (MON-11).</summary>
static class ExitProcedure
{
    public const string Definition = "monitoring.exit";

    /// <summary>The step that decides. Where a division's definition has none of this name, the procedure's end decides.</summary>
    const string Decision = "county_approval";

    public static async Task Stepped(IServiceProvider services, Transaction transaction, ProcedureStepped stepped)
    {
        var exit = (await transaction.Exit(Guid.Parse(stepped.Subject))).Exit;
        if (stepped.Outcome == Outcome.Approve)
        {
            if (exit.State == ExitState.Nominated)
                exit.RequirePassable(stepped.Step);
            if (stepped.Step.Id == Decision)
                await Approve(services, transaction, exit);
        }
        // An objection that was upheld strikes off whom it names; the others go back with the list.
        else if (stepped.Act is { Decides: > 0 } decision && Guid.TryParse(decision.About, out var household)
            && exit.Listed.Any(entry => entry.Household == household))
        {
            await transaction.Save(exit.Strike(household, stepped.Step.Id, decision.Note));
        }
    }

    public static async Task Completed(IServiceProvider services, Transaction transaction, ProcedureCompleted completed)
    {
        var exit = (await transaction.Exit(Guid.Parse(completed.Subject))).Exit;
        if (completed.Outcome == Outcome.Reject)
        {
            await transaction.Save(exit.Reject());
            return;
        }
        if (exit.State == ExitState.Nominated)
            exit = await Approve(services, transaction, exit);
        await transaction.Save(exit.File());
    }

    static async Task<Exit> Approve(IServiceProvider services, Transaction transaction, Exit nominated)
    {
        var policies = services.GetRequiredService<PolicyBook>();
        var line = policies.Get(MonitoringPolicies.IncomeLine, nominated.Division, transaction.Today);
        var months = policies.Get(MonitoringPolicies.ExitSupportMonths, nominated.Division, transaction.Today);
        var listed = nominated.Listed.Select(entry => entry.Household).ToArray();
        var exit = nominated.Approve(await transaction.ExitCandidates(listed), line, months, transaction.Today);
        await transaction.Save(exit);
        foreach (var before in await transaction.Households(listed))
        {
            var after = before.Clear();
            await transaction.Save(before, after);
            transaction.Publish(new HouseholdExited
            {
                Household = after.Facts(),
                ExitId = exit.Id.ToString(),
                ExitedDate = Calendar.Format(transaction.Today),
                SupportUntil = Calendar.Format(exit.Approval!.SupportUntil),
            }, after.Id.ToString(), after.Division, after.Version);
        }
        return exit;
    }
}
