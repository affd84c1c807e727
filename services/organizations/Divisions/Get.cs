using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class DivisionsService
{
    public override Task<V1.Division> GetDivision(GetDivisionRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var code = fields.Division("code", request.Code);
        fields.Check();
        return database.Transact(context, async transaction => ToContract(await transaction.GetDivision(code)));
    }
}
