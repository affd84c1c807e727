using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>Several households at once.</summary>
public sealed class BatchTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    AsyncUnaryCall<BatchGetHouseholdsResponse> Get(string division, params IEnumerable<string> ids) =>
        monitoring.Households(division).BatchGetHouseholdsAsync(new BatchGetHouseholdsRequest { HouseholdIds = { ids } });

    [Fact]
    public async Task Households_come_in_the_order_in_which_they_were_asked_for_as_each_comes_by_itself()
    {
        var family = await monitoring.Register(monitoring.NewHousehold(monitoring.NewMember(Relation.Spouse), monitoring.NewMember()));
        var monitored = await monitoring.Monitored();
        Assert.Equal([monitored, family, monitored], (await Get(MonitoringFixture.County, monitored.Id, family.Id, monitored.Id)).Households);
    }

    [Fact]
    public async Task One_that_is_not_found_is_named_and_none_is_answered()
    {
        var here = await monitoring.Register();
        var away = monitoring.NewHousehold();
        (away.Division, away.SettlementId) = ("619902100001", "");
        away = await monitoring.Register(away);
        var nobody = MonitoringFixture.NewId();
        var refused = await Assert.ThrowsAsync<RpcException>(() => Get(MonitoringFixture.County, here.Id, away.Id, nobody, nobody).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        Assert.Equal($"未找到农户：{away.Id}, {nobody}。请核对编号，并确认它在您的管辖范围内。", refused.Status.Detail);
        Assert.Equal(2, (await Get("61", here.Id, away.Id)).Households.Count);

        await monitoring.Households().RemoveMemberAsync(new RemoveMemberRequest { HouseholdId = here.Id, MemberId = here.Members[0].Id, Reason = RemovalReason.MovedOut });
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Get(MonitoringFixture.County, here.Id))).Status);
    }

    [Fact]
    public async Task A_thousand_at_once_are_the_most()
    {
        var household = await monitoring.Register();
        Assert.Equal(1_000, (await Get(MonitoringFixture.County, Enumerable.Repeat(household.Id, 1_000))).Households.Count);
        Assert.Equal((StatusCode.InvalidArgument, "TOO_MANY"), await MonitoringFixture.Refused(Get(MonitoringFixture.County, Enumerable.Repeat(household.Id, 1_001))));
        Assert.Equal(["household_ids[1]"], await MonitoringFixture.WrongFields(Get(MonitoringFixture.County, household.Id, "x")));
        Assert.Equal((StatusCode.InvalidArgument, "REQUIRED"), await MonitoringFixture.Refused(Get(MonitoringFixture.County)));

        // A list of strangers is still an error that arrives.
        var refused = await Assert.ThrowsAsync<RpcException>(() =>
            Get(MonitoringFixture.County, Enumerable.Range(0, 1_000).Select(_ => MonitoringFixture.NewId())).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        Assert.Contains("… (1000)", refused.Status.Detail, StringComparison.Ordinal);
    }
}
