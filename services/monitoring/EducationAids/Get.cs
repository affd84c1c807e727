using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class EducationAidsService
{
    public override Task<V1.EducationAid> GetEducationAid(GetEducationAidRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var id = Fields.ParseId("education_aid_id", request.EducationAidId);
            return ToContract(await transaction.EducationAid(id));
        });
}
