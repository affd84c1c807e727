using Governance.Organizations.V1;

namespace Governance.Organizations;

/// <summary>Somebody who holds posts. One person is one entry, so that posts held by the same person can be told.</summary>
sealed record Person(Guid Id, string Division, string Name, long Version)
{
    public static Person Register(Guid id, string division, string name) => new(id, division, name, Version: 1);

    public Person Change(string name) => this with { Name = name, Version = Version + 1 };

    public PersonChanged ToEvent() => new() { Id = Id.ToString(), Division = Division, Version = Version };
}
