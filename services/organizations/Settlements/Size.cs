using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Policies;

namespace Governance.Organizations;

/// <summary>What a settlement's population makes of it, and the policy values that decided.</summary>
sealed record Size(Scale Scale, PolicyCitation ScaleCitation, ManagementUnit Unit, PolicyCitation UnitCitation);

/// <summary>The least numbers of resettled people that a size is derived from, as they hold in one division on one day.</summary>
sealed record SizePolicies(
    PolicyValue<int> MediumMin, PolicyValue<int> LargeMin, PolicyValue<int> ExtraLargeMin,
    PolicyValue<int> CommitteeMin, PolicyValue<int> SubdistrictMin)
{
    public static SizePolicies Of(PolicyBook policies, string division, DateOnly date)
    {
        return new(Get(OrganizationsPolicies.MediumMin), Get(OrganizationsPolicies.LargeMin), Get(OrganizationsPolicies.ExtraLargeMin),
            Get(OrganizationsPolicies.CommitteeMin), Get(OrganizationsPolicies.SubdistrictMin));

        PolicyValue<int> Get(Policy<int> policy) => policies.Get(policy, division, date);
    }

    /// <summary>The size by <paramref name="population"/>, citing the thresholds that decided. [ORG-01, ORG-02]</summary>
    public Size SizeOf(int population)
    {
        var (scale, scalePolicy) =
            population >= ExtraLargeMin.Value ? (Scale.ExtraLarge, ExtraLargeMin)
            : population >= LargeMin.Value ? (Scale.Large, LargeMin)
            : (population >= MediumMin.Value ? Scale.Medium : Scale.Small, MediumMin);
        var (unit, unitPolicy) =
            population >= SubdistrictMin.Value ? (ManagementUnit.Subdistrict, SubdistrictMin)
            : (population >= CommitteeMin.Value ? ManagementUnit.Committee : ManagementUnit.Group, CommitteeMin);
        return new(scale, scalePolicy.Citation, unit, unitPolicy.Citation);
    }
}
