using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Policies;
using Governance.Platform.Rules;
using Xunit;

namespace Governance.Organizations.Tests;

/// <summary>What the nouns decide, without a database: tables of inputs and what must come of them.</summary>
public sealed class RuleTests
{
    static readonly DateOnly _today = new(2024, 4, 1);
    static readonly DateTimeOffset _now = new(2024, 4, 1, 1, 0, 0, TimeSpan.Zero);
    static readonly SizePolicies _policies = new(Policy("medium", 800), Policy("large", 3000), Policy("extra", 10_000),
        Policy("committee", 1000), Policy("subdistrict", 10_000));

    static PolicyValue<int> Policy(string id, int value) => new(value, new PolicyCitation { PolicyId = id });

    [Theory]
    [InlineData(0, Scale.Small, "medium", ManagementUnit.Group, "committee")]
    [InlineData(799, Scale.Small, "medium", ManagementUnit.Group, "committee")]
    [InlineData(800, Scale.Medium, "medium", ManagementUnit.Group, "committee")]
    [InlineData(999, Scale.Medium, "medium", ManagementUnit.Group, "committee")]
    [InlineData(1000, Scale.Medium, "medium", ManagementUnit.Committee, "committee")]
    [InlineData(2999, Scale.Medium, "medium", ManagementUnit.Committee, "committee")]
    [InlineData(3000, Scale.Large, "large", ManagementUnit.Committee, "committee")]
    [InlineData(9999, Scale.Large, "large", ManagementUnit.Committee, "committee")]
    [InlineData(10_000, Scale.ExtraLarge, "extra", ManagementUnit.Subdistrict, "subdistrict")]
    public void A_population_decides_scale_and_management_unit_and_cites_the_threshold(
        int population, Scale scale, string scalePolicy, ManagementUnit unit, string unitPolicy)
    {
        var size = _policies.SizeOf(population);
        Assert.Equal((scale, scalePolicy), (size.Scale, size.ScaleCitation.PolicyId));
        Assert.Equal((unit, unitPolicy), (size.Unit, size.UnitCitation.PolicyId));
    }

    [Theory]
    [InlineData("2024-04-01", null)]
    [InlineData("2024-04-02", "ORG-02.built_date")]
    public void A_settlement_is_built_by_today(string built, string? rule) => Decide(rule, () => Settlement(Date(built)));

    [Theory]
    [InlineData(OrganizationKind.PartyOrganization, "2024-01-01", "2024-01-01", "2029-01-01", null)]
    [InlineData(OrganizationKind.PartyOrganization, "2024-01-01", "", "", "ORG-04.term_needed")]
    [InlineData(OrganizationKind.VillagersCommittee, "2024-01-01", "", "", "ORG-04.term_needed")]
    [InlineData(OrganizationKind.ResidentsCommittee, "2024-01-01", "", "", "ORG-04.term_needed")]
    [InlineData(OrganizationKind.SocialOrganization, "2024-01-01", "", "", null)]
    [InlineData(OrganizationKind.SocialOrganization, "2024-01-01", "2024-01-01", "", "ORG-04.term")]
    [InlineData(OrganizationKind.SocialOrganization, "2024-01-01", "", "2024-01-01", "ORG-04.term")]
    [InlineData(OrganizationKind.SocialOrganization, "2024-01-01", "2023-12-31", "2029-01-01", "ORG-04.term")]
    [InlineData(OrganizationKind.SocialOrganization, "2024-01-01", "2024-01-01", "2024-01-01", "ORG-04.term")]
    [InlineData(OrganizationKind.SocialOrganization, "2024-04-02", "", "", "ORG-04.founding_date")]
    public void An_organisation_has_a_proper_term(OrganizationKind kind, string founded, string start, string end, string? rule) =>
        Decide(rule, () => Organization(kind, founded, start, end));

    [Theory]
    [InlineData(OrganizationKind.PartyOrganization, Post.Secretary, null)]
    [InlineData(OrganizationKind.PartyOrganization, Post.DeputySecretary, null)]
    [InlineData(OrganizationKind.PartyOrganization, Post.Member, null)]
    [InlineData(OrganizationKind.PartyOrganization, Post.Director, "ORG-04.post_fits")]
    [InlineData(OrganizationKind.PartyOrganization, Post.Chair, "ORG-04.post_fits")]
    [InlineData(OrganizationKind.VillagersCommittee, Post.Secretary, "ORG-04.post_fits")]
    [InlineData(OrganizationKind.VillagersCommittee, Post.Director, null)]
    [InlineData(OrganizationKind.CollectiveEconomicOrganization, Post.Chair, null)]
    public void A_post_fits_its_organisation(OrganizationKind kind, Post post, string? rule) =>
        Decide(rule, () => Organization(kind, post));

    [Fact]
    public void An_organisation_has_one_head() =>
        Decide("ORG-04.one_head", () => Organization(OrganizationKind.VillagersCommittee, Post.Director, Post.Director));

    [Fact]
    public void A_person_holds_one_post_in_an_organisation()
    {
        var person = Guid.NewGuid();
        Decide("ORG-04.one_post",
            () => Organization(OrganizationKind.VillagersCommittee, new Member(person, Post.Director), new Member(person, Post.Member)));
    }

    [Theory]
    [InlineData("2023-12-31", "ORG-04.dissolution_date")]
    [InlineData("2024-01-01", null)]
    [InlineData("2024-04-01", null)]
    [InlineData("2024-04-02", "ORG-04.dissolution_date")]
    public void An_organisation_is_dissolved_between_its_founding_and_today(string date, string? rule) =>
        Decide(rule, () => Organization(OrganizationKind.SocialOrganization, Post.Chair).Dissolve(Date(date), _today));

    [Fact]
    public void A_dissolved_organisation_changes_no_more()
    {
        var dissolved = Organization(OrganizationKind.SocialOrganization, Post.Chair).Dissolve(_today, _today);
        Decide("ORG-04.dissolved", () => dissolved.Change(dissolved.Facts));
        Decide("ORG-04.dissolved", () => dissolved.Dissolve(_today, _today));
    }

    [Theory]
    [InlineData(Level.Province, "2024-04-01", "ORG-03.county_approves")]
    [InlineData(Level.City, "2024-04-01", "ORG-03.county_approves")]
    [InlineData(Level.County, "2024-04-01", null)]
    [InlineData(Level.County, "2024-04-02", "ORG-03.approval_date")]
    [InlineData(Level.Township, "2024-04-01", "ORG-03.county_approves")]
    [InlineData(Level.Village, "2024-04-01", "ORG-03.county_approves")]
    public void The_county_approves_a_founding_by_today(Level level, string date, string? rule) =>
        Decide(rule, () => Founding(FoundingKind.Community, level, Date(date)));

    [Theory]
    [InlineData(FoundingKind.Community, OrganizationKind.ResidentsCommittee, null)]
    [InlineData(FoundingKind.Community, OrganizationKind.VillagersCommittee, "ORG-03.registered")]
    [InlineData(FoundingKind.Village, OrganizationKind.VillagersCommittee, null)]
    [InlineData(FoundingKind.Village, OrganizationKind.ResidentsCommittee, "ORG-03.registered")]
    public void A_founding_ends_once_its_organisations_are_registered(FoundingKind kind, OrganizationKind committee, string? rule)
    {
        HashSet<OrganizationKind> registered =
        [
            committee, OrganizationKind.PartyOrganization, OrganizationKind.PublicHealthSubcommittee,
            OrganizationKind.MediationSubcommittee, OrganizationKind.PublicSecuritySubcommittee,
        ];
        var founding = Founding(kind, Level.County, _today);
        Decide(rule, () => founding.Complete(Outcome.Approve, registered, _today));
        foreach (var kindLeftOut in registered)
            Decide("ORG-03.registered",
                () => founding.Complete(Outcome.Approve, registered.Where(other => other != kindLeftOut).ToHashSet(), _today));
    }

    [Fact]
    public void A_rejected_founding_needs_no_organisations() =>
        Assert.Equal(FoundingState.Rejected,
            Founding(FoundingKind.Village, Level.County, _today).Complete(Outcome.Reject, new HashSet<OrganizationKind>(), _today).State);

    [Theory]
    [InlineData("2024-10-01", false)]
    [InlineData("2024-10-02", true)]
    public void A_founding_is_overdue_after_its_due_date(string today, bool overdue) =>
        Assert.Equal(overdue, Founding(FoundingKind.Village, Level.County, _today).IsOverdue(Date(today)));

    [Fact]
    public void The_units_of_a_building_have_different_numbers()
    {
        var grid = Grid.Register(Guid.NewGuid(), Settlement(), "甲", Guid.NewGuid());
        Decide(null, () => Building.Register(Guid.NewGuid(), grid, "1号楼", Guid.NewGuid(), [Unit("1单元"), Unit("2单元")]));
        Decide("ORG-20.unit_number", () => Building.Register(Guid.NewGuid(), grid, "1号楼", Guid.NewGuid(), [Unit("1单元"), Unit("1单元")]));

        static Unit Unit(string number) => new(number, Guid.NewGuid());
    }

    [Fact]
    public void A_building_moves_only_to_a_grid_of_its_settlement()
    {
        var settlement = Settlement();
        var grid = Grid.Register(Guid.NewGuid(), settlement, "甲", Guid.NewGuid());
        var building = Building.Register(Guid.NewGuid(), grid, "1号楼", Guid.NewGuid(), []);
        var beside = Grid.Register(Guid.NewGuid(), settlement, "乙", Guid.NewGuid());
        Assert.Equal(beside.Id, building.Change(beside, "1号楼", building.HeadId, []).GridId);
        var elsewhere = Grid.Register(Guid.NewGuid(), Settlement(), "丙", Guid.NewGuid());
        Decide("ORG-20.same_settlement", () => building.Change(elsewhere, "1号楼", building.HeadId, []));
    }

    static void Decide(string? rule, Func<object> move)
    {
        if (rule is null)
            Assert.NotNull(move());
        else
            Assert.Equal(rule, Assert.Throws<RuleBrokenException>(move).Rule.Code);
    }

    static DateOnly Date(string date) => DateOnly.ParseExact(date, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    static DateOnly? OptionalDate(string date) => date.Length == 0 ? null : Date(date);

    static Settlement Settlement(DateOnly? built = null)
    {
        var facts = new SettlementFacts("示例", "619901001001", Urban: true, 300, 1200, built, Qualified: false, "", "");
        return Organizations.Settlement.Register(Guid.NewGuid(), facts, _policies, _now);
    }

    static Organization Organization(OrganizationKind kind, string founded, string start, string end, params Member[] members)
    {
        var facts = new OrganizationFacts("示例", OptionalDate(start), OptionalDate(end), members);
        return Organizations.Organization.Register(Guid.NewGuid(), Settlement(), kind, Date(founded), facts, _today);
    }

    static Organization Organization(OrganizationKind kind, params Member[] members) =>
        Organization(kind, "2024-01-01", "2024-01-01", "2029-01-01", members);

    static Organization Organization(OrganizationKind kind, params Post[] posts) =>
        Organization(kind, [.. posts.Select(post => new Member(Guid.NewGuid(), post))]);

    static Founding Founding(FoundingKind kind, Level level, DateOnly approval)
    {
        var facts = new FoundingFacts(kind, "示例社区", approval, "示例〔2024〕1号");
        return Organizations.Founding.Approve(Guid.NewGuid(), Settlement(), facts, level, new DateOnly(2024, 10, 1), new PolicyCitation(), _today);
    }
}
