using Governance.Platform.Policies;

namespace Governance.Organizations;

/// <summary>What organizations asks the policy files for.</summary>
static class OrganizationsPolicies
{
    /// <summary>Resettled people from which a settlement may be a subdistrict. [ORG-01]</summary>
    public static readonly Policy<int> SubdistrictMin = new("organizations.unit.subdistrict_min");

    /// <summary>Resettled people from which a settlement may have committees of its own. [ORG-01]</summary>
    public static readonly Policy<int> CommitteeMin = new("organizations.unit.committee_min");

    public static readonly Policy<int> MediumMin = new("organizations.scale.medium_min");

    public static readonly Policy<int> LargeMin = new("organizations.scale.large_min");

    public static readonly Policy<int> ExtraLargeMin = new("organizations.scale.extra_large_min");
}
