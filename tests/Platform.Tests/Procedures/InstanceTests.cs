using Governance.Common.V1;
using Governance.Platform.Identity;
using Governance.Platform.Policies;
using Governance.Platform.Procedures;
using Governance.Platform.Rpc;
using Governance.Platform.Rules;
using Xunit;

namespace Governance.Platform.Tests.Procedures;

/// <summary>The moves of a procedure, without a database.</summary>
public sealed class InstanceTests
{
    const string Village = "619901001001";
    static readonly DateTimeOffset _start = At(2024, 3, 1, hour: 10);

    // Application, vote, notice, decision, announcement, filing: every kind that there is.
    static readonly Definition _definition = new("test.case", new Text("事项", "Case"),
        [
            Step("application", StepKind.Task, Level.Village) with { Attachments = ["form"], Within = new Period(5, Months: false) },
            Step("vote", StepKind.Vote, Level.Village) with
            {
                Quorum = new Share(2, 3, Over: false), Majority = new Share(1, 2, Over: true), OnReject = "application",
            },
            Step("notice", StepKind.Notice, Level.Village) with { For = new Period(7, Months: false), OnObjection = "vote", OnReturn = "application" },
            Step("decision", StepKind.Review, Level.County) with { Within = new Period(15, Months: false), OnReturn = "vote" },
            Step("announcement", StepKind.Announcement, Level.County) with { For = new Period(5, Months: false) },
            Step("filing", StepKind.Filing, Level.City) with { Within = new Period(1, Months: true), Since = "decision" },
        ], new PolicyCitation { PolicyId = "test.case" });

    static readonly Attachment _form = new() { Kind = "form", Name = "form.pdf", Uri = "urn:form" };
    static readonly Tally _carried = new() { Entitled = 30, InFavour = 20, Against = 2, Abstained = 1 };

    [Fact]
    public void Steps_open_one_after_another_until_the_last_is_done()
    {
        var instance = Started();
        Assert.Equal(("application", true), (instance.Step.Id, instance.Running));
        instance = Voted();
        Assert.Equal("notice", instance.Step.Id);
        instance = instance.Tick(At(2024, 3, 9));
        Assert.Equal("decision", instance.Step.Id);
        instance = Act(instance, "decision", Outcome.Approve, At(2024, 3, 10));
        Assert.Equal("announcement", instance.Step.Id);
        instance = instance.Tick(At(2024, 3, 16));
        Assert.Equal("filing", instance.Step.Id);
        instance = Act(instance, "filing", Outcome.Approve, At(2024, 3, 20));
        Assert.Equal((ProcedureState.Approved, At(2024, 3, 20)), (instance.State, instance.EndTime));
        Assert.Equal(["application", "vote", "decision", "filing"], instance.Acts.Select(act => act.StepId));
        Assert.Equal([1, 2, 3, 4], instance.Acts.Select(act => act.Number));
        Assert.All(instance.Times, times => Assert.NotNull(times.Done));
    }

    [Theory]
    [InlineData(8, 23, "notice")] // The notice opened on the 1st; its seventh and last day is the 8th.
    [InlineData(9, 0, "decision")]
    public void A_notice_is_on_until_the_end_of_its_last_day_in_Shanghai(int day, int hour, string step) =>
        Assert.Equal(step, Voted().Tick(At(2024, 3, day, hour)).Step.Id);

    [Fact]
    public void A_procedure_goes_along_with_its_subject_to_the_officials_of_the_new_place_who_get_no_new_time()
    {
        var started = Started();
        var moved = started.MoveTo("619902100001", At(2024, 3, 4));
        Assert.Equal(("619902100001", new DateOnly(2024, 3, 6)), (moved.ActorDivision(moved.Step), moved.DueOf(0)));
        Assert.Equal(started.Times, moved.Times);
        Assert.Equal("PROCEDURE_LEVEL", CodeOf(() => moved.Act(Of(Village), "application", Outcome.Approve, "", [_form], null, _start)));
        Assert.Equal("vote", Act(moved, "application", Outcome.Approve).Step.Id);

        var decision = OpenAt("decision").MoveTo("619902100001", At(2024, 3, 4));
        Assert.Equal("619902", decision.ActorDivision(decision.Step));
        var ended = Act(Started(), "application", Outcome.Reject, note: "不符").MoveTo("619902100001", At(2024, 3, 4));
        Assert.Equal((ProcedureState.Rejected, "619902100001"), (ended.State, ended.Division));
    }

    [Theory]
    [InlineData("notice", "619901001002", 11)]
    [InlineData("announcement", "619901001002", 6)]
    [InlineData("announcement", "619902100001", 9)]
    public void A_notice_hangs_its_whole_time_where_it_comes_to_hang(string step, string village, int lastDay)
    {
        var moved = OpenAt(step).MoveTo(village, At(2024, 3, 4));
        Assert.Equal(new DateOnly(2024, 3, lastDay), moved.EndOf(moved.Current));
    }

    [Fact]
    public void An_objection_is_decided_where_it_was_raised_before_the_procedure_moves()
    {
        var objected = Voted().Object(Of(Village), "notice", "收入不实", At(2024, 3, 2));
        Broken(PlatformRules.ProcedureObjectionStands, () => objected.MoveTo("619901001002", At(2024, 3, 4)));
        Assert.Equal("notice", objected.Decide(Of(Village), 3, upheld: false, "属实", At(2024, 3, 4)).MoveTo("619901001002", At(2024, 3, 4)).Step.Id);
    }

    [Fact]
    public void A_notice_is_not_completed_by_hand() =>
        Broken(PlatformRules.ProcedureRunsByItself, () => Act(Voted(), "notice", Outcome.Approve));

    [Fact]
    public void A_notice_may_be_withdrawn_and_starts_anew_later()
    {
        var instance = Act(Voted(), "notice", Outcome.Return, At(2024, 3, 5), note: "印错");
        Assert.Equal("application", instance.Step.Id);
        instance = Act(Act(instance, "application", Outcome.Approve, At(2024, 3, 6)), "vote", Outcome.Approve, At(2024, 3, 6), tally: _carried);
        Assert.Equal(new DateOnly(2024, 3, 13), instance.EndOf(instance.Current));
    }

    [Fact]
    public void An_objection_holds_the_notice_until_it_is_dismissed()
    {
        var instance = Voted().Object(Of(Village), "notice", "收入不实", At(2024, 3, 5));
        Assert.True(instance.Waits);
        instance = instance.Tick(At(2024, 3, 20));
        Assert.Equal("notice", instance.Step.Id);
        instance = instance.Decide(Of(Village), 3, upheld: false, "已核实", At(2024, 3, 20));
        Assert.Equal("decision", instance.Step.Id);
    }

    [Fact]
    public void A_dismissed_objection_leaves_the_notice_its_time()
    {
        var instance = Voted().Object(Of(Village), "notice", "收入不实", At(2024, 3, 5)).Decide(Of(Village), 3, upheld: false, "已核实", At(2024, 3, 6));
        Assert.Equal(("notice", false, new DateOnly(2024, 3, 8)), (instance.Step.Id, instance.Waits, instance.EndOf(instance.Current)));
    }

    [Fact]
    public void An_upheld_objection_sends_back_and_nothing_of_what_was_done_is_lost()
    {
        var instance = Voted().Object(Of(Village), "notice", "收入不实", At(2024, 3, 5)).Decide(Of(Village), 3, upheld: true, "属实", At(2024, 3, 6));
        Assert.Equal("vote", instance.Step.Id);
        Assert.Equal(4, instance.Acts.Length);
        Assert.NotNull(instance.Times[0].Done);
        Assert.Equal(StepTimes.Waiting, instance.Times[2]);
    }

    [Fact]
    public void What_was_done_to_steps_is_told_by_whom_or_that_it_was_time()
    {
        Assert.Equal([("application", Outcome.Approve, 1), ("vote", Outcome.Approve, 2)], Told(Voted()));
        Assert.Equal([("notice", Outcome.Approve, 0)], Told(Voted() with { Passed = [] }, instance => instance.Tick(At(2024, 3, 9))));
        Assert.Equal([("notice", Outcome.Return, 4)], Told(Voted().Object(Of(Village), "notice", "收入不实", At(2024, 3, 5), "household-1") with { Passed = [] },
            instance => instance.Decide(Of(Village), 3, upheld: true, "属实", At(2024, 3, 6))));
        Assert.Equal([("decision", Outcome.Return, 1)], Told(OpenAt("decision"), instance => Act(instance, "decision", Outcome.Return, note: "补正")));

        static IEnumerable<(string, Outcome, int)> Told(Instance instance, Func<Instance, Instance>? move = null) =>
            (move?.Invoke(instance) ?? instance).Passed.Select(passed => (passed.Step.Id, passed.Outcome, passed.Act?.Number ?? 0));
    }

    [Fact]
    public void An_objection_to_a_part_is_decided_about_that_part()
    {
        var decided = Voted().Object(Of(Village), "notice", "收入不实", At(2024, 3, 5), "household-1").Decide(Of(Village), 3, upheld: true, "属实", At(2024, 3, 6));
        Assert.Equal(("household-1", "household-1"), (decided.Acts[2].About, decided.Acts[3].About));
    }

    [Fact]
    public void A_clock_in_working_days_knows_the_holidays()
    {
        var calendar = new WorkCalendar([new("", new DateOnly(2024, 3, 4), false), new("", new DateOnly(2024, 3, 9), true)]);
        var definition = _definition with { Steps = [_definition.Steps[0] with { Within = Period.Parse("5wd") }] };
        var instance = Instance.Start(Guid.NewGuid(), definition, "subject", Village, new DateOnly(2024, 3, 1), _start);
        Assert.Equal(new DateOnly(2024, 3, 8), instance.DueOf(0));
        Assert.Equal(new DateOnly(2024, 3, 9), (instance with { WorkCalendar = calendar }).DueOf(0));
    }

    [Fact]
    public void An_objection_is_decided_once_and_not_after_its_notice_was_started_anew()
    {
        var objected = Voted().Object(Of(Village), "notice", "一", At(2024, 3, 5)).Object(Of(Village), "notice", "二", At(2024, 3, 5));
        var dismissed = objected.Decide(Of(Village), 3, upheld: false, "否", At(2024, 3, 6));
        Broken(PlatformRules.ProcedureObjectionDecided, () => dismissed.Decide(Of(Village), 3, upheld: true, "改", At(2024, 3, 6)));
        var again = Act(dismissed.Decide(Of(Village), 4, upheld: true, "是", At(2024, 3, 6)), "vote", Outcome.Approve, At(2024, 3, 7), tally: _carried);
        Broken(PlatformRules.ProcedureObjectionDecided, () => again.Decide(Of(Village), 4, upheld: false, "否", At(2024, 3, 7)));
        Assert.Empty(again.StandingObjections);
    }

    [Fact]
    public void Objections_are_taken_only_while_a_notice_is_on() =>
        Broken(PlatformRules.ProcedureObjectionClosed, () => Started().Object(Of(Village), "notice", "异议", _start));

    [Theory]
    [InlineData(30, 20, 0, 0, Outcome.Approve, "")]
    [InlineData(30, 11, 9, 0, Outcome.Approve, "")]
    [InlineData(30, 11, 9, 0, Outcome.Reject, "PROCEDURE_MAJORITY")]
    [InlineData(30, 10, 10, 0, Outcome.Approve, "PROCEDURE_MAJORITY")]
    [InlineData(30, 10, 10, 0, Outcome.Reject, "")]
    [InlineData(30, 10, 0, 10, Outcome.Approve, "PROCEDURE_MAJORITY")]
    [InlineData(30, 19, 0, 0, Outcome.Approve, "PROCEDURE_QUORUM")]
    [InlineData(30, 0, 19, 0, Outcome.Reject, "PROCEDURE_QUORUM")]
    [InlineData(30, 31, 0, 0, Outcome.Approve, "NOT_A_COUNT")]
    [InlineData(30, -1, 20, 5, Outcome.Reject, "NOT_A_COUNT")]
    [InlineData(0, 0, 0, 0, Outcome.Approve, "NOT_A_COUNT")]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue, Outcome.Approve, "NOT_A_COUNT")]
    public void A_vote_ends_as_its_count_says(int entitled, int inFavour, int against, int abstained, Outcome outcome, string code)
    {
        var instance = Act(Started(), "application", Outcome.Approve);
        var tally = new Tally { Entitled = entitled, InFavour = inFavour, Against = against, Abstained = abstained };
        Assert.Equal(code, CodeOf(() => Act(instance, "vote", outcome, tally: tally, note: "计票")));
    }

    [Fact]
    public void A_vote_without_a_tally_and_a_tally_without_a_vote_are_refused()
    {
        var instance = Started();
        Assert.Equal("NOT_A_VOTE", CodeOf(() => Act(instance, "application", Outcome.Approve, tally: _carried)));
        Assert.Equal("NOT_A_COUNT", CodeOf(() => Act(Act(instance, "application", Outcome.Approve), "vote", Outcome.Approve)));
    }

    [Fact]
    public void A_rejection_ends_the_procedure_unless_it_leads_back()
    {
        Assert.Equal(ProcedureState.Rejected, Act(Started(), "application", Outcome.Reject, note: "不符").State);
        var lost = new Tally { Entitled = 30, InFavour = 5, Against = 20 };
        Assert.Equal("application", Act(Act(Started(), "application", Outcome.Approve), "vote", Outcome.Reject, note: "未通过", tally: lost).Step.Id);
    }

    [Theory]
    [InlineData("application", Outcome.Return)]
    [InlineData("announcement", Outcome.Reject)]
    [InlineData("filing", Outcome.Reject)]
    [InlineData("filing", Outcome.Return)]
    public void A_step_ends_only_as_its_kind_and_its_definition_allow(string step, Outcome outcome) =>
        Broken(PlatformRules.ProcedureOutcome, () => Act(OpenAt(step), step, outcome, note: "理由"));

    [Fact]
    public void Required_attachments_are_named_when_they_are_missing()
    {
        var broken = Assert.Throws<RuleBrokenException>(() => Started().Act(Of(Village), "application", Outcome.Approve, "", [], null, _start));
        Assert.Equal(PlatformRules.ProcedureAttachments, broken.Rule);
        Assert.Contains("form", broken.Sentence.En, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Outcome.Reject)]
    [InlineData(Outcome.Return)]
    public void Who_rejects_or_returns_gives_a_reason(Outcome outcome) =>
        Assert.Equal("REQUIRED", CodeOf(() => Act(OpenAt("decision"), "decision", outcome, note: " ")));

    [Theory]
    [InlineData("619901", "test.act", "")]
    [InlineData("619901", "other.act", "PROCEDURE_PERMISSION")]
    [InlineData("619901001", "test.act", "PROCEDURE_LEVEL")]
    [InlineData(Village, "test.act", "PROCEDURE_LEVEL")]
    [InlineData("619902", "test.act", "PROCEDURE_LEVEL")]
    [InlineData("6199", "test.act", "PROCEDURE_LEVEL")]
    [InlineData(":", "test.act", "PROCEDURE_LEVEL")]
    [InlineData("", "", "")] // The service itself.
    public void A_step_is_for_officials_of_its_level_and_place_with_its_permission(string division, string permission, string code) =>
        Assert.Equal(code, CodeOf(() => OpenAt("decision").Act(Of(division, permission), "decision", Outcome.Approve, "", [], null, _start)));

    [Fact]
    public void An_objection_is_decided_by_who_may_act_on_the_notice()
    {
        var objected = Voted().Object(Of(Village, "none"), "notice", "异议", _start);
        Assert.Equal("PROCEDURE_LEVEL", CodeOf(() => objected.Decide(Of("619901"), 3, upheld: false, "否", _start)));
    }

    [Fact]
    public void Where_the_subject_lies_higher_than_the_step_its_own_division_acts()
    {
        var instance = Instance.Start(Guid.NewGuid(), _definition, "s", "619901", new DateOnly(2024, 3, 1), _start);
        Assert.Equal("619901", instance.ActorDivision(instance.Step));
        Assert.Equal("6199", instance.ActorDivision(_definition.Steps[5]));
    }

    [Fact]
    public void Deadlines_count_from_the_day_the_matter_began_or_from_a_step()
    {
        var instance = Started(since: new DateOnly(2024, 2, 20));
        Assert.Equal(new DateOnly(2024, 3, 6), instance.DueOf(3));
        Assert.Null(instance.DueOf(5));
        instance = Act(OpenAt("decision"), "decision", Outcome.Approve, At(2024, 1, 31, hour: 23));
        Assert.Equal(new DateOnly(2024, 2, 29), instance.DueOf(5));
    }

    [Theory]
    [InlineData("2024-08-31", "6M", "2025-02-28")]
    [InlineData("2023-08-31", "6M", "2024-02-29")]
    [InlineData("2024-03-15", "6M", "2024-09-15")]
    [InlineData("2024-02-20", "15d", "2024-03-06")]
    [InlineData("2023-12-25", "10d", "2024-01-04")]
    [InlineData("2024-03-29", "5wd", "2024-04-05")] // Friday to Friday.
    [InlineData("2024-03-30", "1wd", "2024-04-01")]
    public void A_period_ends_on_the_day_that_the_civil_code_says(string from, string period, string last) =>
        Assert.Equal(Day(last), Period.Parse(period)!.Value.After(Day(from), Village, WorkCalendar.Weekdays));

    [Theory]
    [InlineData("15")]
    [InlineData("0d")]
    [InlineData("-1d")]
    [InlineData("15D")]
    [InlineData("12345d")]
    [InlineData("d")]
    [InlineData("1 d")]
    [InlineData("wd")]
    [InlineData("0wd")]
    public void What_is_no_period_is_not_taken_for_one(string text) => Assert.Null(Period.Parse(text));

    [Theory]
    [InlineData("2/3")]
    [InlineData("over 3/2")]
    [InlineData("at least 0/3")]
    [InlineData("over half")]
    [InlineData("at least 1/2/3")]
    public void What_is_no_share_is_not_taken_for_one(string text) => Assert.Null(Share.Parse(text));

    [Fact]
    public void An_open_step_is_overdue_the_day_after_its_last()
    {
        var instance = Started();
        Assert.False(instance.IsOverdue(new DateOnly(2024, 3, 6)));
        Assert.True(instance.IsOverdue(new DateOnly(2024, 3, 7)));
        Assert.False(Act(instance, "application", Outcome.Approve).IsOverdue(new DateOnly(2024, 3, 7)));
    }

    [Fact]
    public void A_step_that_is_not_open_or_not_there_and_a_procedure_that_has_ended_are_told_apart()
    {
        Broken(PlatformRules.ProcedureStepClosed, () => Act(Started(), "decision", Outcome.Approve));
        Assert.Equal("NOT_A_STEP", CodeOf(() => Act(Started(), "dance", Outcome.Approve)));
        var cancelled = Started().Cancel(Of(Village), "撤回", _start);
        Assert.Equal(ProcedureState.Cancelled, cancelled.State);
        Broken(PlatformRules.ProcedureEnded, () => Act(cancelled, "application", Outcome.Approve));
        Broken(PlatformRules.ProcedureEnded, () => cancelled.Cancel(Of(Village), "撤回", _start));
    }

    [Fact]
    public void Whatever_is_done_one_step_is_open_while_it_runs_and_acts_are_only_added()
    {
        var random = new Random(20240301);
        for (var round = 0; round < 300; round++)
        {
            var instance = Started();
            var now = _start;
            for (var move = 0; move < 40 && instance.Running; move++)
            {
                now += TimeSpan.FromHours(random.Next(72));
                var before = instance.Tick(now);
                instance = Try(() => RandomMove(random, before, now)) ?? before;
                Assert.Equal(before.Acts, instance.Acts.Take(before.Acts.Length));
                Assert.NotNull(instance.Times[instance.Current].Open);
                Assert.Equal(instance.State == ProcedureState.Approved, instance.Times[instance.Current].Done is not null);
                Assert.All(instance.Times.Take(instance.Current), times => Assert.NotNull(times.Done));
                Assert.All(instance.Times.Skip(instance.Current + 1), times => Assert.Equal(StepTimes.Waiting, times));
                Assert.Equal(instance.EndTime is null, instance.Running);
            }
        }
    }

    static Instance RandomMove(Random random, Instance instance, DateTimeOffset now)
    {
        var step = _definition.Steps[random.Next(_definition.Steps.Count)];
        return random.Next(4) switch
        {
            0 => instance.Object(Of(Village), step.Id, "异议", now),
            1 => instance.Decide(Of(instance.ActorDivision(instance.Step)), random.Next(1, instance.Acts.Length + 2), random.Next(2) == 0, "理由", now),
            _ => Act(instance, instance.Step.Id, (Outcome)random.Next(1, 4), now, "理由", instance.Step.Kind == StepKind.Vote ? _carried : null),
        };
    }

    static Instance? Try(Func<Instance> move)
    {
        try
        {
            return move();
        }
        catch (RuleBrokenException)
        {
            return null;
        }
    }

    static StepDefinition Step(string id, StepKind kind, Level level) => new(id, kind, level, new Text(id, id)) { Permission = "test.act" };

    static Instance Started(DateOnly? since = null) =>
        Instance.Start(Guid.NewGuid(), _definition, "subject", Village, since ?? new DateOnly(2024, 3, 1), _start);

    static Instance Voted() => Act(Act(Started(), "application", Outcome.Approve), "vote", Outcome.Approve, tally: _carried);

    /// <summary>An instance with <paramref name="step"/> open, however it came to that.</summary>
    static Instance OpenAt(string step)
    {
        var open = _definition.IndexOf(step);
        var times = Enumerable.Range(0, _definition.Steps.Count)
            .Select(index => index < open ? new StepTimes(_start, _start) : index == open ? new StepTimes(_start, null) : StepTimes.Waiting);
        return Started() with { Current = open, Times = [.. times] };
    }

    static Instance Act(Instance instance, string step, Outcome outcome, DateTimeOffset? now = null, string note = "", Tally? tally = null) =>
        instance.Act(Of(instance.ActorDivision(instance.Step)), step, outcome, note, [_form], tally, now ?? _start);

    static Caller Of(string division, string permission = "test.act") =>
        new("subject-id", "name", division, new HashSet<string>(StringComparer.Ordinal) { permission });

    static void Broken(Rule rule, Func<Instance> move) => Assert.Equal(rule.Code, CodeOf(move));

    static string CodeOf(Func<Instance> move)
    {
        try
        {
            move();
            return "";
        }
        catch (RuleBrokenException broken)
        {
            return broken.Rule.Code;
        }
        catch (DeniedException denied)
        {
            return denied.Code;
        }
        catch (InvalidException invalid)
        {
            return invalid.Violations[0].Code;
        }
    }

    static DateTimeOffset At(int year, int month, int day, int hour = 0) =>
        new DateTimeOffset(year, month, day, hour, 0, 0, TimeSpan.FromHours(8)).ToUniversalTime();

    static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
