using Governance.Monitoring.V1;
using Npgsql;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>What the role that serves cannot do with a county's scope, whatever SQL it is made to run.</summary>
public sealed class PrivilegeTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    const string Denied = PostgresErrorCodes.InsufficientPrivilege;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Functions_that_run_as_the_owner_fix_their_search_path_and_are_not_everybodys() => Assert.Empty(await monitoring.Database.Query<string>(
        """
        select proname::text from pg_proc
        where prosecdef and pronamespace = 'public'::regnamespace
          and (coalesce(proconfig, '{}') <> '{"search_path=public, pg_temp"}' or proacl is null or exists (select from aclexplode(proacl) where grantee = 0))
        """));

    [Fact]
    public async Task A_household_is_taken_over_only_by_whom_it_was_offered_to()
    {
        var household = await monitoring.Register();
        var offered = await Offer(household.Id);
        // Another county, though it knows the id; the right one to a village of somebody else; with no scope at all.
        Assert.False(await As<bool>("619903", $"select take_over('{offered}', '619903001001')"));
        Assert.False(await As<bool>(MonitoringFixture.Neighbour, $"select take_over('{offered}', '{MonitoringFixture.Village}')"));
        Assert.False(await As<bool>(MonitoringFixture.County, $"select take_over('{offered}', '619902100001')"));
        Assert.False(await As<bool>(null, $"select take_over('{offered}', '619902100001')"));
        // Withdrawn, it cannot be offered again by the other side.
        await HandOvers.WithdrawHandOverAsync(new WithdrawHandOverRequest { HandOverId = offered, Reason = "暂不迁移" });
        Assert.Equal(Denied, await Refused(MonitoringFixture.Neighbour, $"update hand_overs set state = 1 where id = '{offered}'"));
        Assert.False(await As<bool>(MonitoringFixture.Neighbour, $"select take_over('{offered}', '619902100001')"));
        Assert.Equal(MonitoringFixture.Village, (await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id })).Division);
    }

    [Fact]
    public async Task Nobody_offers_another_county_s_household_to_themselves()
    {
        var (household, other) = (await monitoring.Register(), await monitoring.Register());
        const string Forged = "insert into hand_overs select gen_random_uuid(), id, division, '619902', '', '', 1, 0, 1, '', current_date, current_date, '{}', false, 1, now(), now() from (values ({0}, {1})) as household (id, division)";
        // Where it lives, which is out of scope; and where the forger is, which is not where it lives.
        Assert.Equal(Denied, await Refused(MonitoringFixture.Neighbour, Forge(MonitoringFixture.Village)));
        await As<object>(MonitoringFixture.Neighbour, Forge("619902100001"));
        var forged = (await monitoring.Database.Query<Guid>($"select id from hand_overs where household_id = '{household.Id}'")).Single();
        Assert.False(await As<bool>(MonitoringFixture.Neighbour, $"select take_over('{forged}', '619902100001')"));
        // An honest offer is not turned into one of another household.
        var offered = await Offer(other.Id);
        Assert.Equal(Denied, await Refused(MonitoringFixture.Neighbour, $"update hand_overs set household_id = '{household.Id}' where id = '{offered}'"));
        Assert.Equal(Denied, await Refused(MonitoringFixture.Neighbour, $"update hand_overs set division = '{MonitoringFixture.Village[..9]}002' where id = '{offered}'"));
        Assert.Equal(0, await As<long>(MonitoringFixture.Neighbour, $"with gone as (delete from hand_overs where id = '{offered}' returning 1) select count(*) from gone"));

        string Forge(string division) => Forged.Replace("{0}", $"'{household.Id}'::uuid", StringComparison.Ordinal).Replace("{1}", $"'{division}'", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_county_s_household_is_not_closed()
    {
        var household = await monitoring.Register();
        Assert.Null(await As<long?>(MonitoringFixture.Neighbour, $"select close_household('{household.Id}', '2024-04-01', now())"));
        Assert.Null(await As<long?>(null, $"select close_household('{household.Id}', '2024-04-01', now())"));
        Assert.Equal(Denied, await Refused(MonitoringFixture.County, $"update households set closed = true where id = '{household.Id}'"));
        Assert.Equal(household, await monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = household.Id }));
    }

    [Theory]
    [InlineData("insert into household_history select id, 99, division, '1', now(), '{}' from households limit 1", true)]
    [InlineData("update household_history set content = '{}'", false)]
    [InlineData("delete from household_history", false)]
    [InlineData("insert into member_history select id, household_id, division, '1', '2', '{}' from members limit 1", true)]
    [InlineData("update member_history set content = '{}'", false)]
    [InlineData("delete from member_history", false)]
    [InlineData("insert into income_history select household_id, period, 99, division, now(), '', '', '', '{}' from incomes limit 1", true)]
    [InlineData("update income_history set content = '{}'", false)]
    [InlineData("delete from income_history", false)]
    [InlineData("create temporary table forged (like households); create trigger forge after update on forged " +
        "referencing old table as rows_before new table as rows_after for each statement execute function keep_households()", true)]
    [InlineData("create temporary table forged (like members); create trigger forge after delete on forged " +
        "referencing old table as rows_before for each statement execute function keep_members()", true)]
    [InlineData("create temporary table forged (like members); create trigger forge after update on forged " +
        "referencing old table as rows_before new table as rows_after for each statement execute function keep_changed_members()", true)]
    [InlineData("create temporary table forged (like incomes); create trigger forge after delete on forged " +
        "referencing old table as rows_before for each statement execute function keep_incomes()", true)]
    public async Task History_is_written_by_what_happens_alone(string sql, bool refused)
    {
        var household = await monitoring.Register();
        await monitoring.Households().UpdateHouseholdAsync(new UpdateHouseholdRequest
        {
            Household = new V1.Household { Id = household.Id, WaterSafety = WaterSafety.Unsafe }, UpdateMask = new() { Paths = { "water_safety" } },
        });
        await monitoring.Households().UpdateMemberAsync(new UpdateMemberRequest
        {
            HouseholdId = household.Id, Member = new V1.Member { Id = household.Members[0].Id, DisabilityGrade = 2 }, UpdateMask = new() { Paths = { "disability_grade" } },
        });
        await monitoring.RecordYear(household.Id, 100);
        await monitoring.RecordYear(household.Id, 200);
        var before = await History();
        Assert.DoesNotContain(before, kept => kept is null || kept.StartsWith("0 ", StringComparison.Ordinal));
        if (refused)
            Assert.Equal(Denied, await Refused(MonitoringFixture.County, sql));
        else
            await As<object>(MonitoringFixture.County, sql);
        Assert.Equal(before, await History());

        Task<List<string>> History() => monitoring.Database.Query<string>(
            """
            select count(*) || ' ' || md5(string_agg(kept::text, '' order by kept::text)) from household_history as kept
            union all select count(*) || ' ' || md5(string_agg(kept::text, '' order by kept::text)) from member_history as kept
            union all select count(*) || ' ' || md5(string_agg(kept::text, '' order by kept::text)) from income_history as kept
            """);
    }

    [Fact]
    public async Task Why_a_member_left_is_said_by_the_change_that_took_it_out_alone()
    {
        var household = await monitoring.Register(monitoring.NewHousehold(monitoring.NewMember(), monitoring.NewMember(Relation.Spouse)));
        await monitoring.Households().RemoveMemberAsync(new RemoveMemberRequest
        {
            HouseholdId = household.Id, MemberId = household.Members.Single(member => member.Relation == Relation.Spouse).Id,
            Reason = RemovalReason.Died, Date = "2024-03-01",
        });
        Assert.Equal(0, await As<long>(MonitoringFixture.County,
            "with changed as (update member_history set removal_reason = 2 where removal_reason <> 0 returning 1) select count(*) from changed"));
    }

    [Fact]
    public async Task An_event_lies_in_scope_or_with_the_other_side_of_a_hand_over()
    {
        var household = await monitoring.Register();
        var offered = await Offer(household.Id);
        Assert.Equal(1, await Told(MonitoringFixture.County, offered, MonitoringFixture.Neighbour));
        Assert.Equal(1, await Told(MonitoringFixture.Neighbour, offered, MonitoringFixture.Village));
        Assert.Equal(Denied, await Refused(MonitoringFixture.County, Tell(household.Id, MonitoringFixture.Neighbour)));
        Assert.Equal(Denied, await Refused(MonitoringFixture.County, Tell(offered, "619903")));
        Assert.Equal(Denied, await Refused("619903", Tell(offered, MonitoringFixture.Neighbour)));
        Assert.Equal(Denied, await Refused(MonitoringFixture.County, Tell("forged", MonitoringFixture.Neighbour)));

        Task<long> Told(string scope, string subject, string division) => As<long>(scope, $"with told as ({Tell(subject, division)} returning 1) select count(*) from told", keep: false);
        static string Tell(string subject, string division) =>
            $"insert into outbox (type, subject, division, version, data, created_time, traceparent) values ('forged', '{subject}', '{division}', 1, '{{}}', now(), '')";
    }

    V1.HandOvers.HandOversClient HandOvers => new(monitoring.Officer());

    async Task<string> Offer(string household) => (await HandOvers.ProposeHandOverAsync(new ProposeHandOverRequest
    {
        HandOverId = MonitoringFixture.NewId(), HandOver = new V1.HandOver { HouseholdId = household, ToDivision = MonitoringFixture.Neighbour, Statement = "投靠亲属" },
    })).Id;

    async Task<string> Refused(string scope, string sql) => (await Assert.ThrowsAsync<PostgresException>(() => As<object>(scope, sql))).SqlState;

    /// <summary>Runs SQL as the role that serves, with a county's scope or with none.</summary>
    async Task<T?> As<T>(string? scope, string sql, bool keep = true)
    {
        await using var service = NpgsqlDataSource.Create(monitoring.Database.Connections.Database);
        await using var connection = await service.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        if (scope is not null)
        {
            await using var enter = new NpgsqlCommand("select enter_scope($1, true)", connection);
            enter.Parameters.Add(new NpgsqlParameter { Value = scope });
            await enter.ExecuteNonQueryAsync(Cancellation);
        }
        await using var command = new NpgsqlCommand(sql, connection);
        var answer = await command.ExecuteScalarAsync(Cancellation);
        if (keep)
            await transaction.CommitAsync(Cancellation);
        return answer is null or DBNull ? default : (T)answer;
    }
}
