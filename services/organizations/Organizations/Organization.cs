using Governance.Organizations.V1;
using Governance.Platform;

namespace Governance.Organizations;

/// <summary>An organisation in a settlement, with the people who hold its posts in the present term. [ORG-04]</summary>
sealed record Organization(
    Guid Id, Guid SettlementId, string Division, OrganizationKind Kind, DateOnly FoundingDate, OrganizationFacts Facts,
    DateOnly? DissolutionDate, long Version)
{
    public static Organization Register(
        Guid id, Settlement settlement, OrganizationKind kind, DateOnly foundingDate, OrganizationFacts facts, DateOnly today)
    {
        Rules.FoundingDate.Require(foundingDate <= today);
        return new Organization(id, settlement.Id, settlement.Facts.Division, kind, foundingDate, facts, DissolutionDate: null, Version: 1)
            .Checked();
    }

    public Organization Change(OrganizationFacts facts)
    {
        RequireExisting();
        return (this with { Facts = facts, Version = Version + 1 }).Checked();
    }

    public Organization Dissolve(DateOnly date, DateOnly today)
    {
        RequireExisting();
        Rules.DissolutionDate.Require(date >= FoundingDate && date <= today);
        return this with { DissolutionDate = date, Version = Version + 1 };
    }

    /// <summary>Everybody who holds a post in it.</summary>
    public IEnumerable<Guid> People => Facts.Members.Select(member => member.PersonId);

    public OrganizationChanged ToEvent() => new()
    {
        Id = Id.ToString(),
        SettlementId = SettlementId.ToString(),
        Kind = Kind,
        FoundingDate = Calendar.Format(FoundingDate),
        TermStartDate = Calendar.Format(Facts.TermStart),
        TermEndDate = Calendar.Format(Facts.TermEnd),
        DissolutionDate = Calendar.Format(DissolutionDate),
        Members = Facts.Members.Count,
        Version = Version,
    };

    bool NeedsTerm =>
        Kind is OrganizationKind.PartyOrganization or OrganizationKind.VillagersCommittee or OrganizationKind.ResidentsCommittee;

    Organization Checked()
    {
        var (start, end, members) = (Facts.TermStart, Facts.TermEnd, Facts.Members);
        Rules.TermNeeded.Require(!NeedsTerm || start is not null || end is not null);
        Rules.Term.Require((start is null && end is null) || (start >= FoundingDate && end > start));
        foreach (var member in members)
            Rules.PostFits.Require(Fits(member.Post), member.Post);
        Rules.OneHead.Require(members.Count(member => member.Post is Post.Secretary or Post.Director or Post.Chair) <= 1);
        Rules.OnePost.Require(members.DistinctBy(member => member.PersonId).Count() == members.Count);
        return this;
    }

    bool Fits(Post post) => post switch
    {
        Post.Member => true,
        Post.Secretary or Post.DeputySecretary => Kind == OrganizationKind.PartyOrganization,
        _ => Kind != OrganizationKind.PartyOrganization,
    };

    void RequireExisting() => Rules.Dissolved.Require(DissolutionDate is null, Calendar.Format(DissolutionDate));
}

/// <summary>What a term brings anew: the name, the term's first and last day, and who holds which post.</summary>
sealed record OrganizationFacts(string Name, DateOnly? TermStart, DateOnly? TermEnd, IReadOnlyList<Member> Members);

/// <summary>Who holds a post. <paramref name="Name"/> is read along, never saved here.</summary>
sealed record Member(Guid PersonId, Post Post, string Name = "");
