using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class InsurancesService
{
    public override Task<SubsidyConfirmation> ConfirmSubsidies(ConfirmSubsidiesRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var id = fields.Id("confirmation_id", request.ConfirmationId);
            var year = (int)fields.Number("year", request.Year, 2000, 2100);
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            fields.Check();
            if (!Platform.Divisions.Covers(transaction.Caller.Division, division))
                throw new NotFoundException("division", division);

            if (await transaction.FindConfirmation(id) is { } known)
                return ToContract(known).SameAs(ToContract(known with { Division = division, Year = year }));
            var confirmation = Confirmation.Of(id, division, year, transaction.Today);
            await transaction.Insert(confirmation);
            return ToContract(await transaction.Confirm(confirmation, Rates.Of(policies, division, year, transaction.Today)));
        });
}
