using Npgsql;
using Xunit;

namespace Governance.Platform.Tests.Procedures;

public sealed class ProcedureSweeperTests(SweptProcedureFixture service) : IClassFixture<SweptProcedureFixture>
{
    [Fact]
    public async Task What_time_did_while_the_service_was_down_is_made_up_for_when_it_starts()
    {
        var id = await service.Start("clue-1");
        await service.StopService();
        service.Clock.Advance(TimeSpan.FromDays(20));

        await using var events = new NpgsqlConnection(service.Database.Connections.Migrations);
        await events.OpenAsync();
        await using (var listen = new NpgsqlCommand("listen outbox", events))
            await listen.ExecuteNonQueryAsync();
        await service.StartService();
        Assert.True(await events.WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.Equal(id.ToString(), Assert.Single(await service.Events()).GetProperty("subject").GetString());
    }
}
