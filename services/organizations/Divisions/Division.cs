using Governance.Organizations.V1;

namespace Governance.Organizations;

/// <summary>An administrative division; its place in the tree and its level follow from its code.</summary>
sealed record Division(string Code, string Name, string UrbanRuralClass, long Version)
{
    public DivisionChanged ToEvent() => new()
    {
        Code = Code, Name = Name, Level = Platform.Divisions.LevelOf(Code), UrbanRuralClass = UrbanRuralClass, Version = Version,
    };
}
