using Governance.Monitoring.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class AidsService
{
    const long MaxFen = 10_000_000_00;

    public override Task<V1.Aid> GrantAid(GrantAidRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var wanted = request.Aid;
            var fields = new Fields();
            var id = fields.Id("aid_id", request.AidId);
            var householdId = fields.Id("aid.household_id", wanted.HouseholdId);
            var known = id == Guid.Empty ? null : await transaction.FindAid(id);
            var date = fields.Date("aid.aid_date", wanted.AidDate, required: false) ?? known?.Aid.Date ?? transaction.Today;
            var aid = new Aid(
                id, householdId, "",
                fields.Choice("aid.kind", wanted.Kind),
                fields.Number("aid.amount_fen", wanted.AmountFen, 0, MaxFen),
                date,
                fields.Choice("aid.disaster", wanted.Disaster),
                fields.Text("aid.responsible_person", wanted.ResponsiblePerson, 100))
            {
                Description = fields.Text("aid.description", wanted.Description, 1000, required: false),
            };
            if (date > transaction.Today)
                fields.Wrong("aid.aid_date", "IN_THE_FUTURE", "救助日期不能晚于今天。", "Aid cannot be given in the future.");
            fields.Check();

            if (known is not null)
                return ToContract(known, transaction.Today).SameAs(ToContract(new AidShown(aid, known.Created), transaction.Today));

            var household = await transaction.Household(householdId);
            aid = aid with { Division = household.Division };
            if (household.Monitored is null)
            {
                aid = aid.IdentifiedBy(await ClueFor(transaction, aid),
                    policies.Get(MonitoringPolicies.AidIdentificationDays, aid.Division, transaction.Today));
            }
            await transaction.Insert(aid);
            transaction.Publish(aid.Granted(), id.ToString(), aid.Division, aid.Version);
            return ToContract(await transaction.Aid(id), transaction.Today);
        });

    /// <summary>The clue by which the household is identified: the one that waits about a disaster, or a new one.</summary>
    async Task<Clue> ClueFor(Transaction transaction, Aid aid)
    {
        if (await transaction.WaitingDisasterClue(aid.Household) is { } waiting)
            return (await transaction.Clue(waiting)).Clue;
        var clue = Clue.Report(Guid.CreateVersion7(transaction.Now), aid.Household, aid.Division, ClueSource.Disaster, aid.Description, aid.Date,
            policies.Get(MonitoringPolicies.IdentificationDays, aid.Division, aid.Date));
        await transaction.Insert(clue);
        transaction.Publish(clue.Raised(), clue.Id.ToString(), clue.Division, clue.Version);
        return clue;
    }
}
