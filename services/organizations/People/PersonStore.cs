using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Organizations;

static class PersonStore
{
    const string Person = "select id, division, name, version from people";

    /// <summary>Saves a new person; false when the id is taken.</summary>
    public static async Task<bool> Insert(this Transaction transaction, Person person) => await transaction.Execute(
        "insert into people (id, division, name, version) values ($1, $2, $3, $4) on conflict (id) do nothing",
        person.Id, person.Division, person.Name, person.Version) == 1;

    public static Task Update(this Transaction transaction, Person person) => transaction.Execute(
        "update people set name = $2, version = $3 where id = $1", person.Id, person.Name, person.Version);

    public static Task<Person?> FindPerson(this Transaction transaction, Guid id) => transaction.First(Person + " where id = $1", Read, id);

    public static async Task<Person> GetPerson(this Transaction transaction, Guid id) =>
        await transaction.FindPerson(id) ?? throw new NotFoundException("person", id.ToString());

    /// <summary>The person, whom nobody else changes before this transaction ends.</summary>
    public static async Task<Person> LockPerson(this Transaction transaction, Guid id) =>
        await transaction.First(Person + " where id = $1 for update", Read, id) ?? throw new NotFoundException("person", id.ToString());

    public static Task<List<Person>> ListPeople(this Transaction transaction, string division, Page page) => transaction.Query(
        Person + " where ($1 = '' or division >= $1 and division < $1 || ':') and id > $2 order by id limit $3",
        Read, division, page.AfterId, page.Limit);

    /// <summary>Refuses ids of people whom the caller cannot see.</summary>
    public static async Task RequirePeople(this Transaction transaction, params Guid[] ids)
    {
        var unknown = await transaction.Query(
            "select id from unnest($1::uuid[]) as wanted (id) where not exists (select from people where people.id = wanted.id) limit 1",
            row => row.GetGuid(0), ids);
        Rules.PersonKnown.Require(unknown.Count == 0, [.. unknown]);
    }

    static Person Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt64(3));
}
