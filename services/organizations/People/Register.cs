using Governance.Organizations.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Organizations;

partial class PeopleService
{
    public override Task<V1.Person> RegisterPerson(RegisterPersonRequest request, ServerCallContext context)
    {
        var fields = new Fields();
        var person = Person.Register(
            fields.Id("person_id", request.PersonId),
            fields.Division("person.division", request.Person.Division, minDigits: 6),
            fields.Text("person.name", request.Person.Name, max: 50));
        fields.Check();

        return database.Transact(context, async transaction =>
        {
            if (!await transaction.Insert(person))
            {
                var existing = await transaction.FindPerson(person.Id) ?? throw new AlreadyExistsException("person", "person_id");
                return ToContract(existing).SameAs(ToContract(person));
            }
            transaction.Publish(person.ToEvent(), person.Id.ToString(), person.Division, person.Version);
            return ToContract(person);
        });
    }
}
