using Governance.Common.V1;
using Governance.Platform.Identity;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Platform.Policies;

/// <summary>What a service's <c>Policies</c> rpc forwards to.</summary>
public sealed class PolicyDesk(string service, PolicyBook policies, TimeProvider time)
{
    /// <summary>Every value of the service as it holds in a division on a day.</summary>
    /// <exception cref="NotFoundException">The division lies outside the caller's.</exception>
    public Task<ListPoliciesResponse> List(ListPoliciesRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var caller = context.Caller();
        var division = request.Division.Length == 0 ? caller.Division : fields.Division("division", request.Division);
        var date = fields.Date("date", request.Date, required: false) ?? Calendar.DateOf(time.GetUtcNow());
        fields.Check();
        return Divisions.Covers(caller.Division, division)
            ? Task.FromResult(new ListPoliciesResponse { Policies = { policies.List(service, division, date) } })
            : throw new NotFoundException("division", division);
    }
}
