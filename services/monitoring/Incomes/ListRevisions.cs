using Google.Protobuf.WellKnownTypes;
using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class IncomesService
{
    public override Task<ListIncomeRevisionsResponse> ListIncomeRevisions(ListIncomeRevisionsRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var household = fields.Id("household_id", request.HouseholdId);
            var quarter = ParseQuarter(fields, request.Year, request.Quarter);
            fields.Check();

            await transaction.RequireHousehold(household);
            return new ListIncomeRevisionsResponse { Revisions = { (await transaction.IncomeRevisions(household, quarter)).Select(ToContract) } };
        });

    static V1.IncomeRevision ToContract(IncomeRevision revision) => new()
    {
        Income = ToContract(revision.Income, revision.Updated),
        ReplaceTime = revision.Until?.ToTimestamp(),
        Actor = revision.Actor,
        ActorName = revision.ActorName,
        Action = revision.Action,
    };
}
