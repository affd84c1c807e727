using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class PeopleService
{
    public override Task<V1.Person> GetPerson(GetPersonRequest request, ServerCallContext context)
    {
        var id = Fields.ParseId("person_id", request.PersonId);
        return database.Transact(context, async transaction => ToContract(await transaction.GetPerson(id)));
    }
}
