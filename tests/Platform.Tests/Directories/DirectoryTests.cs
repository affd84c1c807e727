using Governance.Organizations.V1;
using Governance.Platform.Data;
using Governance.Platform.Directories;
using Governance.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Platform.Tests.Directories;

public sealed class DirectoryFixture() : ServiceFixture("platform", service => service.KeepDirectories());

public sealed class DirectoryTests(DirectoryFixture service) : IClassFixture<DirectoryFixture>
{
    [Fact]
    public async Task A_division_is_known_by_its_event_and_an_older_one_that_comes_late_does_not_win()
    {
        Assert.False(await Look(transaction => transaction.DivisionExists("619901001")));
        await Deliver("DivisionChanged", "619901001", 2, """{ "code": "619901001", "name": "示例镇" }""");
        await Deliver("DivisionChanged", "619901001", 1, """{ "code": "619901001", "name": "旧名镇" }""");
        Assert.True(await Look(transaction => transaction.DivisionExists("619901001")));
        Assert.Equal("示例镇", await Look(transaction => transaction.DivisionName("619901001")));

        await Deliver("DivisionChanged", "619901001", 3, """{ "code": "619901001", "name": "新名镇" }""");
        Assert.Equal("新名镇", await Look(transaction => transaction.DivisionName("619901001")));
        Assert.Null(await Look(transaction => transaction.DivisionName("619901002")));
    }

    [Fact]
    public async Task A_settlement_is_known_with_where_it_lies()
    {
        var id = Guid.CreateVersion7();
        await Deliver("SettlementChanged", $"{id}", 1,
            $$"""{ "id": "{{id}}", "name": "示例新村", "division": "619901001", "urban": true, "scale": "SCALE_LARGE", "somethingNew": 1 }""");
        var settlement = await Look(transaction => transaction.Settlement(id));
        Assert.Equal(new DirectorySettlement(id, "示例新村", "619901001", true, Scale.Large, ManagementUnit.Unspecified), settlement);
        Assert.Null(await Look(transaction => transaction.Settlement(Guid.CreateVersion7())));
    }

    Task<T> Look<T>(Func<Transaction, Task<T>> look) =>
        service.Services.GetRequiredService<Database>().TransactAsSystem("test", look, TestContext.Current.CancellationToken);

    async Task Deliver(string type, string subject, long sequence, string data) =>
        Assert.Equal(200, await service.Deliver("organizations", $$"""
        {
          "specversion": "1.0", "id": "{{Guid.NewGuid()}}", "type": "governance.organizations.v1.{{type}}",
              "source": "/governance/organizations",
          "subject": "{{subject}}", "division": "61", "sequence": "{{sequence}}", "time": "2024-04-01T01:00:00Z", "data": {{data}}
        }
        """));
}
