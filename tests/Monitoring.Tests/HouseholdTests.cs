using Governance.Monitoring.V1;
using Governance.Platform.Personal;
using Governance.Platform.Rules;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>The registry's rules without a database.</summary>
public sealed class HouseholdTests
{
    static readonly DateOnly _today = new(2024, 4, 1);

    static Member Person(byte who, Relation relation = Relation.Other) =>
        new(Guid.CreateVersion7(), "赵例一", new ProtectedNumber([who], [who]), new DateOnly(1980, 1, 1), V1.Gender.Male, relation);

    static Household Of(params Member[] members) =>
        new(Guid.CreateVersion7(), "T-1", new Home("619901001001", null, "", "", "", null), HouseholdCategory.OutOfPoverty, members);

    static void Breaks(Rule rule, Action move) => Assert.Same(rule, Assert.Throws<RuleBrokenException>(move).Rule);

    [Fact]
    public void A_household_has_exactly_one_householder()
    {
        Breaks(Rules.OneHouseholder, () => Of(Person(1)).Register());
        Breaks(Rules.OneHouseholder, () => Of(Person(1, Relation.Householder), Person(2, Relation.Householder)).Register());
        Of(Person(1, Relation.Householder), Person(2)).Register();
    }

    [Fact]
    public void A_person_is_a_member_once() => Breaks(Rules.PersonTwice, () => Of(Person(1, Relation.Householder), Person(1)).Register());

    [Fact]
    public void Who_becomes_the_householder_takes_over_from_the_one_before()
    {
        var household = Of(Person(1, Relation.Householder), Person(2, Relation.Spouse));
        var changed = household.Change(household.Members[1] with { Relation = Relation.Householder });
        Assert.Equal([Relation.Other, Relation.Householder], changed.Members.Select(member => member.Relation));
        Assert.Equal(2, changed.Version);
        Breaks(Rules.OneHouseholder, () => household.Change(household.Members[0] with { Relation = Relation.Spouse }));
    }

    [Fact]
    public void The_householder_cannot_leave()
    {
        var household = Of(Person(1, Relation.Householder), Person(2));
        Breaks(Rules.HouseholderStays, () => household.Remove(household.Members[0].Id, _today));
        Assert.Single(household.Remove(household.Members[1].Id, _today).Members);
    }

    [Theory]
    [InlineData(MonitoredKind.Unstable, HouseholdCategory.OutOfPoverty, true)]
    [InlineData(MonitoredKind.Unstable, HouseholdCategory.General, false)]
    [InlineData(MonitoredKind.Marginal, HouseholdCategory.General, true)]
    [InlineData(MonitoredKind.Marginal, HouseholdCategory.OutOfPoverty, false)]
    [InlineData(MonitoredKind.SuddenHardship, HouseholdCategory.OutOfPoverty, true)]
    [InlineData(MonitoredKind.SuddenHardship, HouseholdCategory.General, true)]
    public void The_monitored_kind_fits_the_category(MonitoredKind kind, HouseholdCategory category, bool fits)
    {
        var household = Of(Person(1, Relation.Householder)) with { Category = category };
        if (fits)
            Assert.Equal(new Monitored(kind, _today), household.Identify(kind, _today).Monitored);
        else
            Breaks(Rules.KindFits, () => household.Identify(kind, _today));
    }

    [Fact]
    public void A_monitored_household_is_not_identified_again_and_only_a_monitored_one_is_cleared()
    {
        var household = Of(Person(1, Relation.Householder));
        Breaks(Rules.ClearMonitored, () => household.Clear());
        var monitored = household.Identify(MonitoredKind.Unstable, _today);
        Breaks(Rules.NotMonitored, () => monitored.Identify(MonitoredKind.SuddenHardship, _today));
        Breaks(Rules.KindFits, () => monitored.Update(other => other with { Category = HouseholdCategory.General }));
        Assert.Null(monitored.Clear().Monitored);
    }
}
