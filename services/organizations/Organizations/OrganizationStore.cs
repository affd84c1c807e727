using Governance.Organizations.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Organizations;

static class OrganizationStore
{
    const string Organization =
        """
        select id, settlement_id, division, kind, founding_date, name, term_start_date, term_end_date, dissolution_date, version,
               person_ids, posts, names
        from organizations
        cross join lateral (
            select coalesce(array_agg(person_id order by position), '{}') as person_ids,
                   coalesce(array_agg(post order by position), '{}') as posts,
                   coalesce(array_agg(coalesce(people.name, '') order by position), '{}') as names
            from organization_members left join people on people.id = person_id where organization_id = organizations.id) as members
        """;

    /// <summary>Saves a new organisation with its members; false when its id is taken.</summary>
    public static async Task<bool> Insert(this Transaction transaction, Organization organization)
    {
        var inserted = await transaction.Execute(
            """
            insert into organizations (id, settlement_id, division, kind, founding_date, name, term_start_date, term_end_date,
                                       dissolution_date, version)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing
            """,
            organization.Id, organization.SettlementId, organization.Division, organization.Kind.ToString(), organization.FoundingDate,
            organization.Facts.Name, organization.Facts.TermStart, organization.Facts.TermEnd, organization.DissolutionDate,
            organization.Version) == 1;
        if (inserted)
            await transaction.InsertMembers(organization);
        return inserted;
    }

    public static async Task Update(this Transaction transaction, Organization organization)
    {
        await transaction.Execute(
            """
            update organizations set name = $2, term_start_date = $3, term_end_date = $4, dissolution_date = $5, version = $6
            where id = $1
            """,
            organization.Id, organization.Facts.Name, organization.Facts.TermStart, organization.Facts.TermEnd,
            organization.DissolutionDate, organization.Version);
        await transaction.Execute("delete from organization_members where organization_id = $1", organization.Id);
        await transaction.InsertMembers(organization);
    }

    public static Task<Organization?> FindOrganization(this Transaction transaction, Guid id) =>
        transaction.First(Organization + " where id = $1", Read, id);

    public static async Task<Organization> GetOrganization(this Transaction transaction, Guid id) =>
        await transaction.FindOrganization(id) ?? throw new NotFoundException("organization", id.ToString());

    /// <summary>The organisation, which nobody else changes before this transaction ends.</summary>
    public static async Task<Organization> LockOrganization(this Transaction transaction, Guid id)
    {
        await transaction.Query("select id from organizations where id = $1 for update", row => row.GetGuid(0), id);
        return await transaction.GetOrganization(id);
    }

    public static Task<List<Organization>> ListOrganizations(
        this Transaction transaction, OrganizationFilter filter, Page page) => transaction.Query(
        Organization +
        """
         where ($1::uuid is null or settlement_id = $1) and ($2 = 'Unspecified' or kind = $2)
          and ($3 or dissolution_date is null) and id > $4
        order by id limit $5
        """,
        Read, filter.Settlement, filter.Kind.ToString(), filter.Dissolved, page.AfterId, page.Limit);

    /// <summary>Existing organisations whose term ends by <paramref name="until"/>, after the given key.</summary>
    public static Task<List<Organization>> ListTerms(
        this Transaction transaction, DateOnly until, DateOnly afterEnd, Guid afterId, int limit) => transaction.Query(
        Organization +
        """
         where dissolution_date is null and term_end_date <= $1 and (term_end_date, id) > ($2, $3)
        order by term_end_date, id limit $4
        """,
        Read, until, afterEnd, afterId, limit);

    /// <summary>The kinds of which the settlement has an existing organisation.</summary>
    public static async Task<HashSet<OrganizationKind>> KindsIn(this Transaction transaction, Guid settlement) =>
    [
        .. await transaction.Query("select distinct kind from organizations where settlement_id = $1 and dissolution_date is null",
            row => Enum.Parse<OrganizationKind>(row.GetString(0)), settlement),
    ];

    static Task<int> InsertMembers(this Transaction transaction, Organization organization) => transaction.Execute(
        """
        insert into organization_members (organization_id, division, position, person_id, post)
        select $1, $2, position, person_id, post from unnest($3::uuid[], $4::text[]) with ordinality as member (person_id, post, position)
        """,
        organization.Id, organization.Division,
        organization.Facts.Members.Select(member => member.PersonId).ToArray(),
        organization.Facts.Members.Select(member => member.Post.ToString()).ToArray());

    static Organization Read(NpgsqlDataReader row)
    {
        var (people, posts, names) = (row.GetFieldValue<Guid[]>(10), row.GetFieldValue<string[]>(11), row.GetFieldValue<string[]>(12));
        return new(
            row.GetGuid(0), row.GetGuid(1), row.GetString(2), Enum.Parse<OrganizationKind>(row.GetString(3)),
            row.GetFieldValue<DateOnly>(4),
            new OrganizationFacts(row.GetString(5), row.GetFieldValue<DateOnly?>(6), row.GetFieldValue<DateOnly?>(7),
                [.. people.Select((person, i) => new Member(person, Enum.Parse<Post>(posts[i]), names[i]))]),
            row.GetFieldValue<DateOnly?>(8), row.GetInt64(9));
    }
}

/// <summary>Which organisations a list shows; what is empty or unspecified stands for all.</summary>
sealed record OrganizationFilter(Guid? Settlement, OrganizationKind Kind, bool Dissolved);
