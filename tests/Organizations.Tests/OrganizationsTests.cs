using Governance.Organizations.V1;
using Grpc.Core;
using Xunit;
using static Governance.Organizations.Tests.OrganizationsFixture;

namespace Governance.Organizations.Tests;

public sealed class OrganizationsTests(OrganizationsFixture service) : IClassFixture<OrganizationsFixture>
{
    [Fact]
    public async Task The_registry_keeps_kind_term_members_and_posts()
    {
        var settlement = await service.Settlement();
        var (secretary, member) = (await service.Person("示例书记"), await service.Person("示例委员"));
        var organization = await service.Organization(settlement.Id, OrganizationKind.PartyOrganization, (secretary.Id, Post.Secretary),
            (member.Id, Post.Member));
        Assert.Equal(["示例书记", "示例委员"], organization.Members.Select(member => member.Name));
        Assert.Equal((Village, "2029-01-09", "", 1L),
            (organization.Division, organization.TermEndDate, organization.DissolutionDate, organization.Version));
        Assert.Equal(organization, await service.Organizations(Village).GetOrganizationAsync(new() { OrganizationId = organization.Id }));

        var told = Assert.Single(await service.Events("governance.organizations.v1.OrganizationChanged"),
            told => told.GetProperty("subject").GetString() == organization.Id);
        Assert.Equal(2, told.GetProperty("data").GetProperty("members").GetInt32());
        Assert.DoesNotContain("示例书记", told.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_kind_of_the_registry_can_be_registered_and_listed()
    {
        var settlement = await service.Settlement();
        var kinds = Enum.GetValues<OrganizationKind>().Where(kind => kind != OrganizationKind.Unspecified).ToArray();
        foreach (var kind in kinds)
            await service.Organization(settlement.Id, kind);
        var list = (await service.Organizations().ListOrganizationsAsync(new() { SettlementId = settlement.Id })).Organizations;
        Assert.Equal(kinds, list.Select(organization => organization.Kind).Order());
        var owners = new ListOrganizationsRequest { SettlementId = settlement.Id, Kind = OrganizationKind.OwnersCommittee };
        Assert.Single((await service.Organizations().ListOrganizationsAsync(owners)).Organizations);
    }

    [Fact]
    public async Task One_shoulder_shows_when_the_secretary_is_the_director()
    {
        var settlement = await service.Settlement();
        var (first, second) = (await service.Person(), await service.Person());
        await service.Organization(settlement.Id, OrganizationKind.PartyOrganization, (first.Id, Post.Secretary));
        var committee = await service.Organization(settlement.Id, OrganizationKind.ResidentsCommittee, (second.Id, Post.Director),
            (first.Id, Post.Member));
        Assert.False(await OneShoulder());
        await service.Organizations().UpdateOrganizationAsync(new()
        {
            Organization = new() { Id = committee.Id, Members = { new OrganizationMember { PersonId = first.Id, Post = Post.Director } } },
            UpdateMask = Mask("members"),
        });
        Assert.True(await OneShoulder());
        await service.Organizations().DissolveOrganizationAsync(new() { OrganizationId = committee.Id, DissolutionDate = "2024-03-01" });
        Assert.False(await OneShoulder());

        async Task<bool> OneShoulder() =>
            (await service.Settlements().GetSettlementAsync(new() { SettlementId = settlement.Id })).OneShoulder;
    }

    [Fact]
    public async Task A_new_term_with_its_members_is_one_update()
    {
        var settlement = await service.Settlement();
        var (before, after) = (await service.Person(), await service.Person("示例新任"));
        var organization = await service.Organization(settlement.Id, OrganizationKind.VillagersCommittee, (before.Id, Post.Director));
        var changed = await service.Organizations(Township).UpdateOrganizationAsync(new()
        {
            Organization = new()
            {
                Id = organization.Id, Version = 1, TermStartDate = "2029-01-10", TermEndDate = "2034-01-09",
                Members = { new OrganizationMember { PersonId = after.Id, Post = Post.Director } },
            },
            UpdateMask = Mask("term_start_date", "term_end_date", "members"),
        });
        Assert.Equal(("示例新任", "2034-01-09", organization.Name, 2L),
            (changed.Members.Single().Name, changed.TermEndDate, changed.Name, changed.Version));
        await Refused.With(StatusCode.Aborted, () =>
            service.Organizations().UpdateOrganizationAsync(new()
            {
                Organization = new() { Id = organization.Id, Name = "x", Version = 1 },
                UpdateMask = Mask("name"),
            }));
        await Refused.ForFields(() => service.Organizations().UpdateOrganizationAsync(new()
        {
            Organization = changed, UpdateMask = Mask("kind"),
        }), "update_mask");
    }

    [Fact]
    public async Task Terms_that_end_by_a_date_are_listed_the_soonest_first()
    {
        // The neighbouring county has no other organisations.
        var settlement = await service.Settlement(division: "619902100001");
        var ids = new List<string>();
        foreach (var end in (string[])["2024-03-31", "2024-06-30", "2024-05-31", "2026-01-01"])
            ids.Add((await Register(settlement.Id, $"届满{end}", end)).Id);
        var client = service.Organizations(Neighbour);
        Assert.Equal([ids[0]], (await client.ListExpiringTermsAsync(new())).Organizations.Select(organization => organization.Id));
        var page = await client.ListExpiringTermsAsync(new() { UntilDate = "2024-12-31", PageSize = 2 });
        Assert.Equal([ids[0], ids[2]], page.Organizations.Select(organization => organization.Id));
        var rest = await client.ListExpiringTermsAsync(new() { UntilDate = "2024-12-31", PageSize = 2, PageToken = page.NextPageToken });
        Assert.Equal([ids[1]], rest.Organizations.Select(organization => organization.Id));

        await client.DissolveOrganizationAsync(new() { OrganizationId = ids[0], DissolutionDate = "2024-03-31" });
        Assert.Empty((await client.ListExpiringTermsAsync(new())).Organizations);
        Assert.DoesNotContain((await service.Organizations().ListExpiringTermsAsync(new() { UntilDate = "2099-01-01" })).Organizations,
            organization => ids.Contains(organization.Id));

        async Task<V1.Organization> Register(string settlement, string name, string end) =>
            await service.Organizations(Neighbour).RegisterOrganizationAsync(new()
        {
            OrganizationId = NewId(),
            Organization = new()
            {
                SettlementId = settlement,
                Kind = OrganizationKind.OwnersCommittee,
                Name = name,
                FoundingDate = "2021-01-01",
                TermStartDate = "2021-01-01",
                TermEndDate = end,
            },
        });
    }

    [Fact]
    public async Task A_dissolved_organisation_stays_in_the_registry_and_frees_its_name()
    {
        var settlement = await service.Settlement();
        var organization = await service.Organization(settlement.Id, OrganizationKind.SocialOrganization);
        await Refused.By("ORG-04.organization_name", () => service.Organization(settlement.Id, OrganizationKind.SocialOrganization),
            StatusCode.AlreadyExists);
        var dissolve = new DissolveOrganizationRequest { OrganizationId = organization.Id, DissolutionDate = "2024-03-31" };
        var dissolved = await service.Organizations().DissolveOrganizationAsync(dissolve);
        Assert.Equal(("2024-03-31", 2L), (dissolved.DissolutionDate, dissolved.Version));
        Assert.Equal(dissolved, await service.Organizations().DissolveOrganizationAsync(dissolve));

        await Refused.By("ORG-04.dissolved",
            () => service.Organizations().UpdateOrganizationAsync(new() { Organization = dissolved, UpdateMask = Mask("name") }));
        Assert.Empty((await service.Organizations().ListOrganizationsAsync(new() { SettlementId = settlement.Id })).Organizations);
        var all = new ListOrganizationsRequest { SettlementId = settlement.Id, Dissolved = true };
        Assert.Single((await service.Organizations().ListOrganizationsAsync(all)).Organizations);
        await service.Organization(settlement.Id, OrganizationKind.SocialOrganization);
    }

    [Fact]
    public async Task Rules_of_the_noun_are_answered_with_their_code_and_source()
    {
        var settlement = await service.Settlement();
        var person = await service.Person();
        await Refused.By("ORG-04.post_fits",
            () => service.Organization(settlement.Id, OrganizationKind.VillagersCommittee, (person.Id, Post.Secretary)));
        await Refused.By("ORG-04.one_post",
            () => service.Organization(settlement.Id, OrganizationKind.VillagersCommittee, (person.Id, Post.Director),
                (person.Id, Post.Member)));
        await Refused.By("ORG-20.person_known",
            () => service.Organization(settlement.Id, OrganizationKind.VillagersCommittee, (NewId(), Post.Director)));
        await Refused.ForFields(
            () => service.Organizations().RegisterOrganizationAsync(new()
            {
                OrganizationId = NewId(),
                Organization = new()
                {
                    SettlementId = "x",
                    Kind = (OrganizationKind)99,
                    Name = "",
                    FoundingDate = "昨天",
                    Members = { new OrganizationMember { PersonId = "x" } },
                },
            }),
            "organization.settlement_id", "organization.kind", "organization.name", "organization.founding_date",
            "organization.members[0].person_id", "organization.members[0].post");
    }

    [Fact]
    public async Task Registering_the_same_again_answers_with_the_first()
    {
        var settlement = await service.Settlement();
        var person = await service.Person();
        var request = new RegisterOrganizationRequest
        {
            OrganizationId = NewId(),
            Organization = new()
            {
                SettlementId = settlement.Id, Kind = OrganizationKind.OversightCommittee, Name = "监督", FoundingDate = "2024-01-01",
                Members = { new OrganizationMember { PersonId = person.Id, Post = Post.Director } },
            },
        };
        Assert.Equal(await service.Organizations().RegisterOrganizationAsync(request),
            await service.Organizations().RegisterOrganizationAsync(request));
        request.Organization.Members[0].Post = Post.Member;
        await Refused.AsTaken("members", () => service.Organizations().RegisterOrganizationAsync(request));
    }

    [Fact]
    public async Task What_lies_outside_the_callers_division_is_not_there()
    {
        var settlement = await service.Settlement();
        var organization = await service.Organization(settlement.Id, OrganizationKind.MassOrganization);
        var client = service.Organizations(Neighbour);
        await Refused.With(StatusCode.NotFound, () => client.GetOrganizationAsync(new() { OrganizationId = organization.Id }));
        await Refused.With(StatusCode.NotFound,
            () => client.UpdateOrganizationAsync(new() { Organization = organization, UpdateMask = Mask("name") }));
        await Refused.With(StatusCode.NotFound,
            () => client.DissolveOrganizationAsync(new() { OrganizationId = organization.Id, DissolutionDate = "2024-03-31" }));
        await Refused.With(StatusCode.NotFound,
            () => client.RegisterOrganizationAsync(new() { OrganizationId = NewId(), Organization = organization }));
        Assert.Empty((await client.ListOrganizationsAsync(new() { SettlementId = settlement.Id })).Organizations);
    }
}
