using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>People whom two counties want to have registered.</summary>
public sealed class DuplicateTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    const string City = "6199";

    async Task<V1.Household> Away(params V1.Member[] members) =>
        await monitoring.Register(new V1.Household(monitoring.NewHousehold(members)) { Division = "619902100001", SettlementId = "" });

    async Task<List<V1.Duplicate>> List(V1.Household registered, string division = City) =>
        [.. (await monitoring.Households(division).ListDuplicatesAsync(new ListDuplicatesRequest { PageSize = 1000 })).Duplicates.Where(duplicate => duplicate.HouseholdId == registered.Id)];

    static async Task Elsewhere<T>(AsyncUnaryCall<T> call) =>
        Assert.Equal((StatusCode.FailedPrecondition, Rules.RegisteredElsewhere.Code), await MonitoringFixture.Refused(call));

    static string File(V1.Household household, V1.Member head, V1.Member other) => SampleCounty.Csv(SampleCounty.HouseholdHeader,
        new[] { (head, "户主"), (other, "其他") }.Select(row =>
            $"{household.Number},{household.Division},{household.SettlementId},,脱贫户,,,,,,,,A,安全,{row.Item1.Name},{row.Item1.IdentityNumber},{row.Item2},,,,普通劳动力,居民医保,,是"));

    [Fact]
    public async Task Who_covers_both_counties_sees_whom_both_want_and_neither_county_does()
    {
        var person = monitoring.NewMember();
        var registered = await Away(person);
        var wanted = monitoring.NewHousehold(monitoring.NewMember(), new V1.Member(person) { Relation = Relation.Other });
        for (var times = 0; times < 2; times++)
        {
            await Elsewhere(monitoring.Households().RegisterHouseholdAsync(new RegisterHouseholdRequest { HouseholdId = MonitoringFixture.NewId(), Household = wanted }));
            monitoring.Clock.Advance(TimeSpan.FromHours(1));
        }
        monitoring.Clock.Advance(TimeSpan.FromHours(-2));

        var duplicate = Assert.Single(await List(registered));
        Assert.Equal(($"**************{person.IdentityNumber[^4..]}", registered.Members[0].Id, registered.Division, wanted.Division, wanted.Number, TimeSpan.FromHours(1)),
            (duplicate.IdentityNumber, duplicate.MemberId, duplicate.Division, duplicate.ClaimedDivision, duplicate.ClaimedNumber,
                duplicate.LastClaimTime.ToDateTime() - duplicate.FirstClaimTime.ToDateTime()));
        Assert.Empty(await List(registered, MonitoringFixture.County));
        Assert.Empty(await List(registered, MonitoringFixture.Neighbour));
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(monitoring.Households(City).ListDuplicatesAsync(new ListDuplicatesRequest { PageToken = "x" }))).Status);

        // Nothing of the refused registration is there but that.
        Assert.Empty((await monitoring.Households().ListHouseholdsAsync(new ListHouseholdsRequest { Number = wanted.Number })).Households);
    }

    [Fact]
    public async Task It_is_noted_however_they_were_to_be_registered_and_not_by_a_rehearsal()
    {
        var (joining, completed, listed) = (monitoring.NewMember(), monitoring.NewMember(Relation.Other, 2020), monitoring.NewMember(Relation.Other));
        var registered = await Away(joining, completed, listed);
        var here = await monitoring.Register();
        await Elsewhere(monitoring.Households().AddMemberAsync(new AddMemberRequest { HouseholdId = here.Id, MemberId = MonitoringFixture.NewId(),
            Member = new V1.Member(joining) { Relation = Relation.Other } }));
        var newborn = MonitoringFixture.NewId();
        await monitoring.Households().AddMemberAsync(new AddMemberRequest { HouseholdId = here.Id, MemberId = newborn, Member = new V1.Member { Name = "赵例宝",
            BirthCertificateNumber = "Q610007001", BirthDate = registered.Members.Single(member => member.BirthDate.StartsWith("2020", StringComparison.Ordinal)).BirthDate,
            Gender = V1.Gender.Male, Relation = Relation.Son } });
        await Elsewhere(monitoring.Households().CompleteIdentityAsync(new CompleteIdentityRequest { HouseholdId = here.Id, MemberId = newborn, IdentityNumber = completed.IdentityNumber }));
        var file = monitoring.NewHousehold();
        var csv = File(file, file.Members[0], listed);
        Assert.Equal(2, (await monitoring.ImportHouseholds(csv, MonitoringFixture.County, dryRun: true)).Rejected);
        Assert.Equal([here.Number, here.Number], (await List(registered)).Select(duplicate => duplicate.ClaimedNumber));
        await monitoring.ImportHouseholds(csv, MonitoringFixture.County);
        await monitoring.ImportHouseholds(csv, MonitoringFixture.County);
        Assert.Equal(new[] { here.Number, here.Number, file.Number }.Order(StringComparer.Ordinal), (await List(registered)).Select(duplicate => duplicate.ClaimedNumber).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_settled_is_listed_no_more_and_forgotten()
    {
        var (moving, removed) = (monitoring.NewMember(), monitoring.NewMember(Relation.Other));
        var (goes, stays) = (await Away(moving), await Away(monitoring.NewMember(), removed));
        foreach (var person in (V1.Member[])[moving, removed])
            await Elsewhere(monitoring.Households().RegisterHouseholdAsync(new RegisterHouseholdRequest { HouseholdId = MonitoringFixture.NewId(),
                Household = monitoring.NewHousehold(new V1.Member(person) { Relation = Relation.Householder }) }));
        Assert.Equal((1, 1), ((await List(goes)).Count, (await List(stays)).Count));

        await monitoring.Households(City).MoveHouseholdAsync(new MoveHouseholdRequest { HouseholdId = goes.Id, Division = "619901001002" });
        await monitoring.Households(MonitoringFixture.Neighbour).RemoveMemberAsync(new RemoveMemberRequest { HouseholdId = stays.Id,
            MemberId = stays.Members.Single(member => member.Relation == Relation.Other).Id, Reason = RemovalReason.Mistake });
        Assert.Empty(await List(goes));
        Assert.Empty(await List(stays));
        var kept = (await monitoring.Database.Query<long>("select count(*) from duplicates")).Single();
        await monitoring.Services.GetRequiredService<RegistryClock>().Tick(TestContext.Current.CancellationToken);
        Assert.Equal(kept - 2, (await monitoring.Database.Query<long>("select count(*) from duplicates")).Single());
    }
}
