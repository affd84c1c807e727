using Governance.Monitoring.V1;
using Governance.Platform.Audit;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class VerificationsService
{
    public override Task<V1.Verification> GetVerification(GetVerificationRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("verification_id", request.VerificationId);
            var shown = await transaction.Verification(id);
            await AuditTrail.Record(transaction, shown.Verification.Division, [id.ToString()], "");
            return ToContract(shown);
        });
}
