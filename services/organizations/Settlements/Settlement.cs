using Governance.Organizations.V1;
using Governance.Platform;

namespace Governance.Organizations;

/// <summary>A resettlement site: what its registrar says of it, and the size that the policies in force derive from that.</summary>
sealed record Settlement(Guid Id, SettlementFacts Facts, Size Size, DateTimeOffset CreateTime, DateTimeOffset UpdateTime, long Version)
{
    public static Settlement Register(Guid id, SettlementFacts facts, SizePolicies policies, DateTimeOffset now) =>
        new(id, facts.Checked(now), policies.SizeOf(facts.Population), now, now, Version: 1);

    public Settlement Change(SettlementFacts facts, SizePolicies policies, DateTimeOffset now) =>
        this with { Facts = facts.Checked(now), Size = policies.SizeOf(facts.Population), UpdateTime = now, Version = Version + 1 };

    public SettlementChanged ToEvent() => new()
    {
        Id = Id.ToString(),
        Name = Facts.Name,
        Division = Facts.Division,
        Urban = Facts.Urban,
        Households = Facts.Households,
        Population = Facts.Population,
        Scale = Size.Scale,
        ManagementUnit = Size.Unit,
        BuiltDate = Calendar.Format(Facts.BuiltDate),
        Version = Version,
    };
}

sealed record SettlementFacts(
    string Name, string Division, bool Urban, int Households, int Population, DateOnly? BuiltDate, bool Qualified,
    string PartyCoveredBy, string CommitteeCoveredBy)
{
    internal SettlementFacts Checked(DateTimeOffset now)
    {
        Rules.BuiltDate.Require(BuiltDate is null || BuiltDate <= Calendar.DateOf(now));
        return this;
    }
}

/// <summary>A settlement with what the registry of organisations says of it.</summary>
sealed record Standing(
    Settlement Settlement, bool OwnParty = false, bool OwnCommittee = false, bool OneShoulder = false, bool Covered = false)
{
    public Coverage Party => Of(OwnParty, Settlement.Facts.PartyCoveredBy);

    public Coverage Committee => Of(OwnCommittee, Settlement.Facts.CommitteeCoveredBy);

    static Coverage Of(bool own, string coveredBy) => own ? Coverage.Own : coveredBy.Length > 0 ? Coverage.Shared : Coverage.None;
}
