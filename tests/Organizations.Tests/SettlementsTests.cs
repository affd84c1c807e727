using Governance.Organizations.V1;
using Grpc.Core;
using Xunit;
using static Governance.Organizations.Tests.OrganizationsFixture;

namespace Governance.Organizations.Tests;

public sealed class SettlementsTests(OrganizationsFixture service) : IClassFixture<OrganizationsFixture>
{
    [Fact]
    public async Task A_registered_settlement_is_sized_by_policy_and_told()
    {
        var id = NewId();
        var settlement = await service.Settlements().RegisterSettlementAsync(new()
        {
            SettlementId = id,
            Settlement = new()
            {
                Name = " 甲一新区 ", Division = Village, Urban = true, Households = 3180, Population = 12460, BuiltDate = "2018-10-20",
            },
        });
        Assert.Equal(("甲一新区", Scale.ExtraLarge, ManagementUnit.Subdistrict, 1L),
            (settlement.Name, settlement.Scale, settlement.ManagementUnit, settlement.Version));
        Assert.Equal(("organizations.scale.extra_large_min", "organizations.unit.subdistrict_min", "S4 二(一)"),
            (settlement.ScaleCitation.PolicyId, settlement.ManagementUnitCitation.PolicyId, settlement.ManagementUnitCitation.Source));
        Assert.Equal(settlement, await service.Settlements(Village).GetSettlementAsync(new() { SettlementId = id }));

        var told = Assert.Single(await service.Events("governance.organizations.v1.SettlementChanged"),
            told => told.GetProperty("subject").GetString() == id);
        Assert.Equal((Village, "1"), (told.GetProperty("division").GetString(), told.GetProperty("sequence").GetString()));
        Assert.Equal(12460, told.GetProperty("data").GetProperty("population").GetInt32());
    }

    [Fact]
    public async Task Registering_the_same_again_answers_with_the_first_and_tells_nothing()
    {
        var request = new RegisterSettlementRequest
        {
            SettlementId = NewId(),
            Settlement = new() { Name = "重复安置点", Division = Village, Population = 900 },
        };
        var first = await service.Settlements().RegisterSettlementAsync(request);
        var events = (await service.Events()).Count;
        Assert.Equal(first, await service.Settlements().RegisterSettlementAsync(request));
        Assert.Equal(events, (await service.Events()).Count);

        request.Settlement.Population = 901;
        await Refused.AsTaken("population", () => service.Settlements().RegisterSettlementAsync(request));
        request.Settlement.Division = "619902100001";
        await Refused.AsTaken("settlement_id", () => service.Settlements(Neighbour).RegisterSettlementAsync(request));
    }

    [Fact]
    public async Task Two_who_register_the_same_at_once_both_get_it()
    {
        var request = new RegisterSettlementRequest { SettlementId = NewId(), Settlement = new() { Name = "并发安置点", Division = Village } };
        var eight = Enumerable.Range(0, 8).Select(_ => service.Settlements().RegisterSettlementAsync(request).ResponseAsync);
        Assert.Single((await Task.WhenAll(eight)).Distinct());
    }

    [Fact]
    public async Task Everything_wrong_with_a_settlement_is_said_at_once() =>
        await Refused.ForFields(
            () => service.Settlements().RegisterSettlementAsync(new()
            {
                SettlementId = "7",
                Settlement = new()
                {
                    Name = " ",
                    Division = "6199",
                    Households = -1,
                    Population = -1,
                    BuiltDate = "2024-02-30",
                    PartyCoveredBy = new string('党', 201),
                },
            }),
            "settlement_id", "settlement.name", "settlement.division", "settlement.households", "settlement.population",
            "settlement.built_date", "settlement.party_covered_by");

    [Fact]
    public async Task Missing_parts_are_named() =>
        await Refused.ForFields(() => service.Settlements().RegisterSettlementAsync(new()), "settlement_id", "settlement");

    [Fact]
    public async Task A_division_must_exist() =>
        await Refused.By("DIVISION.exists", () => service.Settlement(division: "619901001999"));

    [Fact]
    public async Task A_name_is_there_once_in_a_division()
    {
        await service.Settlement(with: settlement => settlement.Name = "同名安置点");
        await Refused.By("ORG-02.settlement_name", () => service.Settlement(with: settlement => settlement.Name = "同名安置点"),
            StatusCode.AlreadyExists);
        await service.Settlement(division: "619901001002", with: settlement => settlement.Name = "同名安置点");
    }

    [Fact]
    public async Task Nothing_is_built_in_the_future() =>
        await Refused.By("ORG-02.built_date", () => service.Settlement(with: settlement => settlement.BuiltDate = "2024-04-02"));

    [Fact]
    public async Task A_settlement_outside_the_callers_division_is_not_there()
    {
        var settlement = await service.Settlement();
        await Refused.With(StatusCode.NotFound,
            () => service.Settlements(Neighbour).GetSettlementAsync(new() { SettlementId = settlement.Id }));
        await Refused.With(StatusCode.NotFound,
            () => service.Settlements(Neighbour).UpdateSettlementAsync(new() { Settlement = settlement, UpdateMask = Mask("name") }));
        await Refused.With(StatusCode.PermissionDenied, () => service.Settlements(Neighbour).RegisterSettlementAsync(new()
        {
            SettlementId = NewId(), Settlement = new() { Name = "越界安置点", Division = Village },
        }));
        var neighbour = await service.Settlement(division: "619902100001");
        var list = await service.Settlements(Neighbour).ListSettlementsAsync(new());
        Assert.Equal((neighbour.Id, 1), (list.Settlements.Single().Id, list.TotalSize));
        Assert.Empty((await service.Settlements(Neighbour).ListSettlementsAsync(new() { Division = County })).Settlements);
    }

    [Fact]
    public async Task A_missing_settlement_is_told_in_the_callers_language()
    {
        var request = new GetSettlementRequest { SettlementId = NewId() };
        var zh = await Refused.With(StatusCode.NotFound, () => service.Settlements().GetSettlementAsync(request));
        Assert.StartsWith($"未找到安置点：{request.SettlementId}", zh.Status.Detail, StringComparison.Ordinal);
        var english = new Metadata { { "accept-language", "en" } };
        var en = await Refused.With(StatusCode.NotFound, () => service.Settlements().GetSettlementAsync(request, english));
        Assert.StartsWith($"No settlement \"{request.SettlementId}\" was found", en.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_filtered_counted_and_paged()
    {
        var ids = new List<string>();
        foreach (var population in (int[])[500, 4000, 5000, 6000])
            ids.Add((await service.Settlement(population, "619901200001")).Id);
        var client = service.Settlements();
        var page = await client.ListSettlementsAsync(new() { Division = "619901200", Scale = Scale.Large, PageSize = 2 });
        Assert.Equal((3, 2), (page.TotalSize, page.Settlements.Count));
        var rest = await client.ListSettlementsAsync(new()
        {
            Division = "619901200", Scale = Scale.Large, PageSize = 2, PageToken = page.NextPageToken,
        });
        Assert.Equal(ids[1..].Order(StringComparer.Ordinal),
            page.Settlements.Concat(rest.Settlements).Select(settlement => settlement.Id).Order(StringComparer.Ordinal));
        Assert.Equal("", rest.NextPageToken);
        await Refused.ForFields(() => client.ListSettlementsAsync(new() { PageToken = "bm90IGEgdG9rZW4" }), "page_token");
        await Refused.ForFields(() => client.ListSettlementsAsync(new() { PageSize = 1001 }), "page_size");
    }

    [Fact]
    public async Task An_update_changes_what_the_mask_names_and_sizes_anew()
    {
        var settlement = await service.Settlement(population: 700);
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        var changed = await service.Settlements().UpdateSettlementAsync(new()
        {
            Settlement = new() { Id = settlement.Id, Name = "不应改名", Population = 3000, Version = settlement.Version },
            UpdateMask = Mask("population"),
        });
        Assert.Equal((settlement.Name, 3000, Scale.Large, 2L), (changed.Name, changed.Population, changed.Scale, changed.Version));
        Assert.True(changed.UpdateTime > changed.CreateTime);
        var told = await service.Events("governance.organizations.v1.SettlementChanged");
        Assert.Equal(2, told.Count(told => told.GetProperty("subject").GetString() == settlement.Id));
    }

    [Fact]
    public async Task An_update_from_an_old_version_changes_nothing()
    {
        var settlement = await service.Settlement();
        var update = new UpdateSettlementRequest
        {
            Settlement = new() { Id = settlement.Id, Name = $"新名{NewId()}", Version = 1 },
            UpdateMask = Mask("name"),
        };
        await service.Settlements().UpdateSettlementAsync(update);
        var refused = await Refused.With(StatusCode.Aborted, () => service.Settlements().UpdateSettlementAsync(update));
        Assert.Equal("STALE_VERSION", Refused.Reason(refused));
        Assert.Equal(2, (await service.Settlements().GetSettlementAsync(new() { SettlementId = settlement.Id })).Version);
    }

    [Theory]
    [InlineData("division")]
    [InlineData("scale")]
    [InlineData("nonsense")]
    public async Task What_cannot_be_changed_is_refused(string path)
    {
        var settlement = await service.Settlement();
        await Refused.ForFields(() => service.Settlements().UpdateSettlementAsync(new()
        {
            Settlement = settlement, UpdateMask = Mask(path),
        }), "update_mask");
    }

    [Theory]
    [InlineData(500, false, true, false, false, false)]
    [InlineData(500, false, true, true, false, true)]
    [InlineData(1200, false, true, true, false, true)]
    [InlineData(1200, true, true, true, false, false)]
    [InlineData(1200, true, false, false, true, true)]
    [InlineData(5000, false, true, true, false, false)]
    [InlineData(5000, false, false, false, true, true)]
    public async Task A_settlement_is_covered_as_its_size_asks(
        int population, bool qualified, bool partyShared, bool committeeShared, bool own, bool covered)
    {
        var settlement = await service.Settlement(population, with: settlement =>
        {
            settlement.Qualified = qualified;
            settlement.PartyCoveredBy = partyShared ? "甲四村党支部" : "";
            settlement.CommitteeCoveredBy = committeeShared ? "甲四村村民委员会" : "";
        });
        if (own)
        {
            await service.Organization(settlement.Id, OrganizationKind.PartyOrganization);
            await service.Organization(settlement.Id, OrganizationKind.ResidentsCommittee);
        }
        settlement = await service.Settlements().GetSettlementAsync(new() { SettlementId = settlement.Id });
        Assert.Equal(covered, settlement.Covered);
        Assert.Equal(own ? Coverage.Own : partyShared ? Coverage.Shared : Coverage.None, settlement.PartyCoverage);
        Assert.Equal(own ? Coverage.Own : committeeShared ? Coverage.Shared : Coverage.None, settlement.CommitteeCoverage);
        var uncovered = await service.Settlements().ListSettlementsAsync(new() { Uncovered = true, PageSize = 1000 });
        Assert.Equal(!covered, uncovered.Settlements.Any(other => other.Id == settlement.Id));
    }
}
