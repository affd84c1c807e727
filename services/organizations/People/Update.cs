using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class PeopleService
{
    public override Task<V1.Person> UpdatePerson(UpdatePersonRequest request, ServerCallContext context)
    {
        var id = Fields.ParseId("person.id", request.Person.Id);
        return database.Transact(context, async transaction =>
        {
            var current = await transaction.LockPerson(id);
            var fields = new Fields();
            var name = fields.Text("person.name", ToContract(current).Changed(request.Person, request.UpdateMask, "name").Name, max: 50);
            fields.Check();

            var person = current.Change(name);
            await transaction.Update(person);
            transaction.Publish(person.ToEvent(), id.ToString(), person.Division, person.Version);
            return ToContract(person);
        });
    }
}
