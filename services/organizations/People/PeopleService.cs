using Governance.Platform.Data;

namespace Governance.Organizations;

sealed partial class PeopleService(Database database) : V1.People.PeopleBase
{
    static V1.Person ToContract(Person person) =>
        new() { Id = person.Id.ToString(), Division = person.Division, Name = person.Name, Version = person.Version };
}
