using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class FoundingsService
{
    public override Task<V1.Founding> ApproveFounding(ApproveFoundingRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var id = fields.Id("founding_id", request.FoundingId);
        var settlementId = fields.Id("founding.settlement_id", request.Founding.SettlementId);
        var facts = new FoundingFacts(
            fields.Choice("founding.kind", request.Founding.Kind),
            fields.Text("founding.name", request.Founding.Name, max: 100),
            fields.Date("founding.approval_date", request.Founding.ApprovalDate) ?? default,
            fields.Text("founding.approval_document", request.Founding.ApprovalDocument, max: 100));
        fields.Check();

        return database.Transact(context, async transaction =>
        {
            var settlement = (await transaction.GetSettlement(settlementId)).Settlement;
            var definition = policies.Procedure(Procedure, settlement.Facts.Division, transaction.Today);
            var due = definition.Steps.Max(step =>
                step.Within?.After(facts.ApprovalDate, settlement.Facts.Division, policies.WorkCalendar) ?? facts.ApprovalDate);
            var founding = Founding.Approve(id, settlement, facts, transaction.Caller.Level, due, definition.Citation, transaction.Today);
            if (!await transaction.Insert(founding))
            {
                var existing = await transaction.FindFounding(id) ?? throw new AlreadyExistsException("founding", "founding_id");
                return ToContract(existing, transaction.Today).SameAs(ToContract(founding, transaction.Today));
            }
            var procedure = await procedures.Start(transaction, Procedure, id.ToString(), founding.Division, facts.ApprovalDate);
            founding = founding with { ProcedureId = procedure };
            await transaction.Update(founding);
            transaction.Publish(founding.ToApproved(), id.ToString(), founding.Division, founding.Version);
            return ToContract(founding, transaction.Today);
        });
    }
}
