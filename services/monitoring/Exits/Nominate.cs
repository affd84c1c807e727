using Governance.Monitoring.V1;
using Governance.Platform.Audit;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ExitsService
{
    const int MostHouseholds = 500;

    public override Task<V1.Exit> NominateExit(NominateExitRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("exit_id", request.ExitId);
            var division = fields.Division("exit.division", request.Exit.Division, minDigits: 12);
            var nominated = request.Exit.Households.Select((entry, index) => fields.Id($"exit.households[{index}].household_id", entry.HouseholdId)).ToList();
            var households = nominated.Distinct().Order().ToList();
            if (households.Count != nominated.Count || households.Count is 0 or > MostHouseholds)
                fields.Wrong("exit.households", "NOT_A_LIST", $"字段 exit.households 须包含 1 至 {MostHouseholds} 户，且不得重复。",
                    $"Field \"exit.households\" takes 1 to {MostHouseholds} households, each once.");
            fields.Check();

            if (await transaction.FindExit(id) is { } known)
            {
                return ToContract(known).SameAs(new V1.Exit
                {
                    Division = division,
                    Households = { households.Select(household => new ExitHousehold { HouseholdId = household.ToString() }) },
                });
            }

            var candidates = await transaction.ExitCandidates(households);
            if (households.Except(candidates.Select(candidate => candidate.Household)).Order().FirstOrDefault() is var missing && missing != Guid.Empty)
                throw new NotFoundException("household", missing.ToString());
            var busy = await transaction.FirstBeingDecided(households);
            Rules.OneExit.Require(busy is null, busy ?? "");
            var line = policies.Get(MonitoringPolicies.IncomeLine, division, transaction.Today);
            var procedure = await procedures.Start(transaction, ExitProcedure.Definition, id.ToString(), division);
            await transaction.Insert(Exit.Nominate(id, division, candidates, line, procedure));
            await AuditTrail.Record(transaction, division, [id.ToString()], "");
            return ToContract(await transaction.Exit(id));
        });
}
