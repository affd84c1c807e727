using System.Text.Json;
using Governance.Monitoring.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>What housing, employment and property management say of a household becomes a clue (MON-03).</summary>
public sealed class SignalTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dwelling_graded_unsafe_raises_a_clue_once_and_its_repair_lets_it_lapse()
    {
        var household = (await monitoring.Register()).Id;
        await Dwelling(household, 1, "SAFETY_GRADE_D");
        var clue = Assert.Single(await ClueOf(household));
        Assert.Equal((ClueSource.Event, "MON-03.unsafe_dwelling", "住房部门鉴定住房安全等级为 D 级（2024-03-20）。", ClueState.Open),
            (clue.Source, clue.Rule, clue.Explanation, clue.State));
        Assert.Equal("MON-03 S2 二(二)4", clue.Citation.Source);
        Assert.Contains((await monitoring.Events("governance.monitoring.v1.ClueRaised")), @event => @event.GetProperty("subject").GetString() == clue.Id
            && @event.GetProperty("data").GetProperty("source").GetString() == "CLUE_SOURCE_EVENT");

        await Dwelling(household, 2, "SAFETY_GRADE_D");
        Assert.Equal(clue.Id, Assert.Single(await ClueOf(household)).Id);
        // Older news that comes late is let go.
        await Dwelling(household, 1, "SAFETY_GRADE_A");
        Assert.Equal(ClueState.Open, Assert.Single(await ClueOf(household)).State);
        await Dwelling(household, 3, "SAFETY_GRADE_A");
        Assert.Equal(ClueState.Lapsed, Assert.Single(await ClueOf(household)).State);
        Assert.Contains(await monitoring.Events("governance.monitoring.v1.ClueLapsed"), @event => @event.GetProperty("subject").GetString() == clue.Id);
    }

    [Fact]
    public async Task An_event_may_come_twice()
    {
        var household = (await monitoring.Register()).Id;
        var id = MonitoringFixture.NewId();
        for (var time = 0; time < 2; time++)
            await Told("housing", "HouseholdDwellingChanged", household, 1, new { householdId = household, sinceDate = "2024-03-01" }, id);
        Assert.Equal("住房部门鉴定住房安全等级为 无房（2024-03-01）。", Assert.Single(await ClueOf(household)).Explanation);
    }

    [Fact]
    public async Task What_is_said_of_a_household_waits_until_it_is_registered()
    {
        var household = MonitoringFixture.NewId();
        await Dwelling(household, 1, "SAFETY_GRADE_C");
        Assert.Empty(await ClueOf(household));
        await monitoring.Households("61").RegisterHouseholdAsync(new RegisterHouseholdRequest { HouseholdId = household, Household = monitoring.NewHousehold() });
        Assert.Single(await ClueOf(household));
    }

    [Fact]
    public async Task A_refuted_clue_stays_refuted_until_the_dwelling_is_appraised_anew()
    {
        var household = (await monitoring.Register()).Id;
        await Dwelling(household, 1, "SAFETY_GRADE_C");
        var clue = Assert.Single(await ClueOf(household));
        await monitoring.Clues().RefuteClueAsync(new RefuteClueRequest { ClueId = clue.Id, Reason = "已搬入安全住房" });
        await Dwelling(household, 2, "SAFETY_GRADE_C");
        Assert.Equal(ClueState.Refuted, Assert.Single(await ClueOf(household)).State);
        await Dwelling(household, 3, "SAFETY_GRADE_C", "2024-03-28");
        Assert.Equal(2, (await ClueOf(household)).Count);
    }

    [Fact]
    public async Task Nobody_employed_is_a_clue_until_somebody_is()
    {
        var household = (await monitoring.Register()).Id;
        await Told("employment", "HouseholdEmploymentChanged", household, 1, new { householdId = household, labourCount = 2 });
        var clue = Assert.Single(await ClueOf(household));
        Assert.Equal(("MON-03.nobody_employed", "就业部门核实：有劳动能力的成员 2 人，无一人就业。"), (clue.Rule, clue.Explanation));
        await Told("employment", "HouseholdEmploymentChanged", household, 2, new { householdId = household, labourCount = 2, employedCount = 1 });
        Assert.Equal(ClueState.Lapsed, Assert.Single(await ClueOf(household)).State);
    }

    [Fact]
    public async Task Lost_jobs_of_a_household_are_one_clue_and_work_that_was_left_is_none()
    {
        var household = (await monitoring.Register()).Id;
        var (first, second) = (MonitoringFixture.NewId(), MonitoringFixture.NewId());
        await Job(first, household, 1, "END_REASON_LEFT");
        Assert.Empty(await ClueOf(household));
        await Job(first, household, 2, "END_REASON_LOST");
        await Job(second, household, 1, "END_REASON_EXPIRED", "2024-03-30");
        var clue = Assert.Single(await ClueOf(household));
        Assert.Equal(("MON-03.job_lost", "2 名成员失去工作且尚未再就业（最近一次为 2024-03-30）。"), (clue.Rule, clue.Explanation));

        // One finds work, the other moves to another household: its clue goes with the person.
        await Told("employment", "MemberEmploymentChanged", first, 3, new { memberId = first, householdId = household, employed = true });
        Assert.StartsWith("1 名成员", Assert.Single(await ClueOf(household)).Explanation, StringComparison.Ordinal);
        var other = (await monitoring.Register()).Id;
        await Job(second, other, 2, "END_REASON_EXPIRED", "2024-03-30");
        Assert.Equal(ClueState.Lapsed, Assert.Single(await ClueOf(household)).State);
        Assert.Equal(ClueState.Open, Assert.Single(await ClueOf(other)).State);
    }

    [Fact]
    public async Task Arrears_that_grow_are_shown_and_are_no_new_clue_until_they_were_paid()
    {
        var household = (await monitoring.Register()).Id;
        var account = MonitoringFixture.NewId();
        await Arrears(account, household, 1, 1200_00);
        var clue = Assert.Single(await ClueOf(household));
        Assert.Equal(("MON-03.fee_arrears", "自 2023-10 起欠缴物业费，现欠 1200.00 元。", "property.arrears_limit"), (clue.Rule, clue.Explanation, clue.Citation.PolicyId));
        await Arrears(account, household, 2, 1400_00);
        Assert.Equal("自 2023-10 起欠缴物业费，现欠 1400.00 元。", Assert.Single(await ClueOf(household)).Explanation);
        await monitoring.Clues().RefuteClueAsync(new RefuteClueRequest { ClueId = clue.Id, Reason = "因漏水纠纷拒缴" });
        await Arrears(account, household, 3, 1600_00);
        Assert.Single(await ClueOf(household));

        await Told("property", "AccountArrearsChanged", account, 4, new { accountId = account, householdId = household });
        Assert.Single(await ClueOf(household));
        await Arrears(account, household, 5, 1600_00);
        Assert.Equal(2, (await ClueOf(household)).Count);
    }

    [Fact]
    public async Task The_same_report_that_was_refuted_needs_something_new()
    {
        var household = (await monitoring.Register()).Id;
        var clue = await monitoring.Report(household);
        await monitoring.Clues().RefuteClueAsync(new RefuteClueRequest { ClueId = clue.Id, Reason = "收入已核实" });
        Assert.Equal((StatusCode.FailedPrecondition, Rules.RefutedAlready.Code), await MonitoringFixture.Refused(monitoring.Clues().ReportClueAsync(Again(clue.Description))));
        Assert.NotEmpty((await monitoring.Clues().ReportClueAsync(Again("入户排查发现家中病人住院"))).Id);

        ReportClueRequest Again(string description) => new()
        {
            ClueId = MonitoringFixture.NewId(), Clue = new V1.Clue { HouseholdId = household, Source = ClueSource.Sweep, Description = description },
        };
    }

    [Fact]
    public async Task Precision_counts_what_became_of_the_clues_of_each_source_and_rule()
    {
        const string village = "619901001003";
        var households = new List<string>();
        for (var number = 0; number < 4; number++)
        {
            var household = monitoring.NewHousehold();
            household.Division = village;
            households.Add((await monitoring.Register(household)).Id);
            await Dwelling(households[^1], 1, "SAFETY_GRADE_D");
        }
        var clues = new List<V1.Clue>();
        foreach (var household in households)
            clues.Add(Assert.Single(await ClueOf(household)));
        var verified = await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = clues[0].Id, Kind = MonitoredKind.SuddenHardship });
        await monitoring.ActToTheEnd(verified.ProcedureId, Governance.Common.V1.Outcome.Approve);
        await monitoring.Clues().RefuteClueAsync(new RefuteClueRequest { ClueId = clues[1].Id, Reason = "鉴定有误" });
        await monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = clues[2].Id, Kind = MonitoredKind.SuddenHardship });

        var precision = Assert.Single((await monitoring.Clues().ListCluePrecisionAsync(new ListCluePrecisionRequest { Division = village })).Sources);
        Assert.Equal((ClueSource.Event, "MON-03.unsafe_dwelling", 4, 1, 0, 2, 1, 1, 1, 0, 0.5), (precision.Source, precision.Rule, precision.Raised, precision.Waiting,
            precision.Lapsed, precision.Verified, precision.Deciding, precision.Identified, precision.Refuted, precision.Joined, precision.Share));
        Assert.Empty((await monitoring.Clues().ListCluePrecisionAsync(new ListCluePrecisionRequest { Division = village, UntilDate = "2024-03-31" })).Sources);
        Assert.Empty((await monitoring.Clues(MonitoringFixture.Neighbour).ListCluePrecisionAsync(new ListCluePrecisionRequest { Division = village })).Sources);
    }

    Task Dwelling(string household, int sequence, string grade, string since = "2024-03-20") => Told("housing", "HouseholdDwellingChanged", household, sequence,
        new { householdId = household, dwellingId = household, grade, sinceDate = since });

    Task Job(string member, string household, int sequence, string reason, string date = "2024-03-15") => Told("employment", "MemberEmploymentChanged", member, sequence,
        new { memberId = member, householdId = household, changeDate = date, endReason = reason });

    Task Arrears(string account, string household, int sequence, long fen) => Told("property", "AccountArrearsChanged", account, sequence, new
    {
        accountId = account, householdId = household, arrearsFen = fen, sinceMonth = "2023-10", overLimit = true,
        limit = new { policyId = "property.arrears_limit", value = "1000 yuan", source = "示例" },
    });

    async Task Told(string service, string type, string subject, int sequence, object data, string? id = null) =>
        Assert.Equal(200, await monitoring.Deliver(service, JsonSerializer.Serialize(new
        {
            specversion = "1.0", id = id ?? MonitoringFixture.NewId(), type = $"governance.{service}.v1.{type}", source = $"/governance/{service}", subject,
            division = MonitoringFixture.Village, sequence = $"{sequence}", data,
        })));

    /// <summary>The household's clues by rule, after the clerk has seen to what was said.</summary>
    async Task<IReadOnlyList<V1.Clue>> ClueOf(string household)
    {
        await monitoring.Services.GetRequiredService<SignalClerk>().Tick(Cancellation);
        return (await monitoring.Clues().ListCluesAsync(new ListCluesRequest { HouseholdId = household, Source = ClueSource.Event }, cancellationToken: Cancellation)).Clues;
    }
}
