using Google.Protobuf.WellKnownTypes;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Support;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>The sample county, screened.</summary>
public sealed class ScreenedCounty : IAsyncLifetime
{
    public MonitoringFixture Monitoring { get; } = new();

    public RunScreeningResponse First { get; private set; } = null!;

    /// <summary>Rule and number of every clue of the first run.</summary>
    public IReadOnlyList<string> Found { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await Monitoring.InitializeAsync();
        await Monitoring.ImportHouseholds(SampleCounty.Csv(SampleCounty.HouseholdHeader, SampleCounty.HouseholdRows()));
        await Monitoring.ImportIncomes(SampleCounty.Csv(SampleCounty.IncomeHeader, SampleCounty.IncomeRows()));
        First = await Monitoring.Screening().RunScreeningAsync(new RunScreeningRequest());
        Found = await Monitoring.Database.Query<string>("select rule || ' ' || number from clues join households on households.id = household_id order by number");
    }

    public ValueTask DisposeAsync() => Monitoring.DisposeAsync();
}

public sealed class ScreeningTests(ScreenedCounty county) : IClassFixture<ScreenedCounty>
{
    readonly MonitoringFixture _monitoring = county.Monitoring;

    static readonly (Trouble Trouble, string Rule)[] _rules =
    [
        (Trouble.IncomeBelowLine, Rules.IncomeBelowLine.Code), (Trouble.IncomeDrop, Rules.IncomeDrop.Code), (Trouble.MedicalSpending,
            Rules.MedicalSpending.Code),
        (Trouble.UnsafeDwelling, Rules.UnsafeDwelling.Code), (Trouble.NoDwelling, Rules.UnsafeDwelling.Code), (Trouble.UnsafeWater,
            Rules.UnsafeWater.Code),
        (Trouble.UninsuredMember, Rules.UninsuredMember.Code), (Trouble.NobodyEmployed, Rules.NobodyEmployed.Code), (Trouble.DropOut,
            Rules.DropOut.Code),
    ];

    static IEnumerable<int> InCounty => Enumerable.Range(0, SampleCounty.SampleHouseholds)
        .Where(index => SampleCounty.SettlementOf(index).Division.StartsWith(MonitoringFixture.County, StringComparison.Ordinal));

    [Fact]
    public void Each_rule_fires_exactly_on_the_households_that_have_its_trouble()
    {
        Assert.Equal(InCounty.Count(), county.First.Households);
        foreach (var rule in _rules.GroupBy(rule => rule.Rule, rule => rule.Trouble))
        {
            var expected = InCounty.Where(index => rule.Contains(SampleCounty.TroubleOf(index))).Select(SampleCounty.NumberOf).ToList();
            Assert.NotEmpty(expected);
            var count = county.First.Rules.Single(other => other.Rule == rule.Key);
            Assert.Equal((expected.Count, expected.Count, 0), (count.Fired, count.Raised, count.Lapsed));
            Assert.Equal(expected, county.Found.Where(found => found.StartsWith(rule.Key, StringComparison.Ordinal)).Select(found => found.Split(' ')[1]));
        }
    }

    [Theory]
    [InlineData(Trouble.IncomeBelowLine, "MON-05.income_below_line", "人均纯收入折合全年 6000.00 元（已采集近 4 个季度中的 4 个），低于监测线 7500 元。")]
    [InlineData(Trouble.MedicalSpending, "MON-05.medical_spending", "近 4 个季度医疗自付支出 12000.00 元，超过 10000 元。")]
    [InlineData(Trouble.NoDwelling, "MON-05.unsafe_dwelling", "住房安全等级为 无房。")]
    [InlineData(Trouble.UnsafeWater, "MON-05.unsafe_water", "饮水不安全。")]
    [InlineData(Trouble.NobodyEmployed, "MON-05.nobody_employed", "有劳动能力的成员 2 人，无一人就业。")]
    [InlineData(Trouble.DropOut, "MON-05.drop_out", "1 名成员失学、辍学或疑似失辍学。")]
    public async Task A_clue_explains_itself_with_figures_and_its_source(Trouble trouble, string rule, string explanation)
    {
        var clue = await ClueOf(trouble, rule);
        Assert.StartsWith(explanation[..6], clue.Explanation, StringComparison.Ordinal);
        Assert.Equal(explanation, clue.Explanation);
        Assert.NotEqual("", clue.Citation.Source);
        Assert.Equal(("2024-04-01", "2024-04-16", "monitoring.identification.days"),
            (clue.FoundDate, clue.DueDate, clue.DueCitation.PolicyId));
    }

    [Fact]
    public async Task A_drop_is_told_against_what_it_is_a_drop_in_the_reader_s_language()
    {
        var clue = await ClueOf(Trouble.IncomeDrop, Rules.IncomeDrop.Code);
        Assert.Matches(@"^季度人均纯收入由 \d+\.\d\d 元降至 \d+\.\d\d 元，下降 50%（与上一季度相比），达到 30% 的预警线。$", clue.Explanation);
        Assert.Equal(("monitoring.income_drop", "30%"), (clue.Citation.PolicyId, clue.Citation.Value));
        var english = await _monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = clue.Id },
            new Metadata { { "accept-language", "en" } });
        Assert.Matches("by 50 % against the quarter before, past the warning share of 30%", english.Explanation);
        Assert.StartsWith("1 of ", (await _monitoring.Clues().GetClueAsync(
            new GetClueRequest { ClueId = (await ClueOf(Trouble.UninsuredMember,
                Rules.UninsuredMember.Code)).Id }, new Metadata { { "accept-language", "en" } })).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_raises_nothing_and_what_was_refuted_stays_so_until_its_evidence_changes()
    {
        var clue = await ClueOf(Trouble.UnsafeDwelling, Rules.UnsafeDwelling.Code, skip: 1);
        await _monitoring.Clues().RefuteClueAsync(new RefuteClueRequest { ClueId = clue.Id, Reason = "已修缮,待鉴定" });
        Assert.Equal(0, await Raised(clue.HouseholdId, clue.Rule));
        Assert.Equal(ClueState.Refuted, (await _monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = clue.Id })).State);

        await Grade(clue.HouseholdId, DwellingGrade.NoDwelling);
        Assert.Equal(1, await Raised(clue.HouseholdId, clue.Rule));
        Assert.Equal(0, await Raised(clue.HouseholdId, clue.Rule));
    }

    [Fact]
    public async Task A_waiting_clue_follows_the_figures_on_its_clock_and_lapses_when_its_evidence_has_gone()
    {
        var clue = await ClueOf(Trouble.NoDwelling, Rules.UnsafeDwelling.Code, skip: 1);
        await Grade(clue.HouseholdId, DwellingGrade.D);
        Assert.Equal(0, await Raised(clue.HouseholdId, clue.Rule));
        var followed = await _monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = clue.Id });
        Assert.Equal(("住房安全等级为 D 级。", clue.DueDate, ClueState.Open), (followed.Explanation, followed.DueDate, followed.State));

        await Grade(clue.HouseholdId, DwellingGrade.A);
        Assert.Equal(0, await Raised(clue.HouseholdId, clue.Rule));
        Assert.Equal(ClueState.Lapsed, (await _monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = clue.Id })).State);
    }

    [Fact]
    public async Task What_is_new_about_a_monitored_household_is_entered_for_its_plan_and_not_identified_again()
    {
        var clue = await ClueOf(Trouble.UnsafeWater, Rules.UnsafeWater.Code, skip: 1);
        var verified = await _monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = clue.Id,
            Kind = MonitoredKind.SuddenHardship });
        await _monitoring.ActToTheEnd(verified.ProcedureId, Outcome.Approve);
        await Grade(clue.HouseholdId, DwellingGrade.D);
        Assert.Equal(1, await Raised(clue.HouseholdId, Rules.UnsafeDwelling.Code));
        Assert.Equal(ClueState.Identified, (await Latest(clue.HouseholdId, Rules.UnsafeDwelling.Code)).State);
        Assert.Equal(0, await Raised(clue.HouseholdId, Rules.UnsafeDwelling.Code));
        Assert.Equal(0, await Raised(clue.HouseholdId, Rules.UnsafeWater.Code));
    }

    [Fact]
    public async Task What_was_refuted_and_went_and_came_back_the_same_is_raised_again()
    {
        var household = await _monitoring.Register();
        await Grade(household.Id, DwellingGrade.C);
        Assert.Equal(1, await Raised(household.Id, Rules.UnsafeDwelling.Code));
        var clue = await Latest(household.Id, Rules.UnsafeDwelling.Code);
        await _monitoring.Clues().RefuteClueAsync(new RefuteClueRequest { ClueId = clue.Id, Reason = "鉴定有误" });
        Assert.Equal(0, await Raised(household.Id, Rules.UnsafeDwelling.Code));

        await Grade(household.Id, DwellingGrade.A);
        Assert.Equal(0, await Raised(household.Id, Rules.UnsafeDwelling.Code));
        await Grade(household.Id, DwellingGrade.C);
        Assert.Equal(1, await Raised(household.Id, Rules.UnsafeDwelling.Code));
    }

    [Theory]
    [InlineData(Outcome.Approve, ClueState.Identified)]
    [InlineData(Outcome.Reject, ClueState.Refuted)]
    public async Task A_run_changes_nothing_of_a_clue_that_is_being_decided_or_was(Outcome outcome, ClueState decided)
    {
        var household = await _monitoring.Register();
        await Grade(household.Id, DwellingGrade.D);
        Assert.Equal(1, await Raised(household.Id, Rules.UnsafeDwelling.Code));
        var clue = await Latest(household.Id, Rules.UnsafeDwelling.Code);
        var verified = await _monitoring.Clues().VerifyClueAsync(new VerifyClueRequest { ClueId = clue.Id, Kind = MonitoredKind.SuddenHardship });
        foreach (var grade in new[] { DwellingGrade.C, DwellingGrade.A, DwellingGrade.D })
        {
            await Grade(household.Id, grade);
            Assert.Equal(0, await Raised(household.Id, Rules.UnsafeDwelling.Code));
            var now = await Latest(household.Id, Rules.UnsafeDwelling.Code);
            Assert.Equal((ClueState.Verified, "住房安全等级为 D 级。"), (now.State, now.Explanation));
        }
        await _monitoring.ActToTheEnd(verified.ProcedureId, outcome);
        Assert.Equal(0, await Raised(household.Id, Rules.UnsafeDwelling.Code));
        Assert.Equal(decided, (await Latest(household.Id, Rules.UnsafeDwelling.Code)).State);
    }

    [Fact]
    public async Task Two_runs_at_once_raise_one_clue()
    {
        var household = await _monitoring.Register();
        await Grade(household.Id, DwellingGrade.D);
        var runs = Enumerable.Range(0, 4).Select(_ => _monitoring.Screening().RunScreeningAsync(new RunScreeningRequest()).ResponseAsync);
        Assert.Equal(1, (await Task.WhenAll(runs)).Sum(run => run.Rules.Single(rule => rule.Rule == Rules.UnsafeDwelling.Code).Raised));
    }

    [Fact]
    public async Task A_decision_on_income_outlives_the_days_that_pass_and_not_the_next_quarter()
    {
        var household = await _monitoring.Register();
        await _monitoring.RecordYear(household.Id, 100_000_00 / 100);
        Assert.Equal(1, await Raised(household.Id, Rules.IncomeBelowLine.Code));
        var clue = await Latest(household.Id, Rules.IncomeBelowLine.Code);
        await _monitoring.Clues().RefuteClueAsync(new RefuteClueRequest { ClueId = clue.Id, Reason = "有存款" });
        var now = _monitoring.Clock.GetUtcNow();
        try
        {
            // The second quarter is over, and nobody has recorded it.
            _monitoring.Clock.Set(new DateTimeOffset(2024, 7, 2, 1, 0, 0, TimeSpan.Zero));
            Assert.Equal(0, await Raised(household.Id, Rules.IncomeBelowLine.Code));
            await _monitoring.Incomes().RecordIncomeAsync(new RecordIncomeRequest { HouseholdId = household.Id,
                Income = new V1.Income { Year = 2024, Quarter = 2, WageFen = 100_000_00 / 100 } });
            Assert.Equal(1, await Raised(household.Id, Rules.IncomeBelowLine.Code));
        }
        finally
        {
            _monitoring.Clock.Set(now);
        }
    }

    [Fact]
    public async Task Rigid_spending_that_eats_the_income_is_a_sign_of_risk()
    {
        var household = await _monitoring.Register();
        await _monitoring.Incomes().RecordIncomeAsync(new RecordIncomeRequest { HouseholdId = household.Id,
            Income = new V1.Income { Year = 2024, Quarter = 1, WageFen = 50_000_00, RigidSpendingFen = 49_999_99 } });
        Assert.Equal(0, await Raised(household.Id, Rules.RigidSpending.Code));
        await _monitoring.Incomes().RecordIncomeAsync(new RecordIncomeRequest { HouseholdId = household.Id,
            Income = new V1.Income { Year = 2024, Quarter = 1, WageFen = 50_000_00, RigidSpendingFen = 50_000_00 } });
        Assert.Equal(1, await Raised(household.Id, Rules.RigidSpending.Code));
        Assert.Equal("近 4 个季度刚性支出 50000.00 元，纯收入 50000.00 元，占比达到 100% 的预警线。", (await Latest(household.Id, Rules.RigidSpending.Code)).Explanation);
    }

    [Fact]
    public async Task A_work_list_has_the_gravest_first_page_by_page()
    {
        var ids = new List<V1.Clue>();
        var token = "";
        do
        {
            var page = await _monitoring.Clues().ListCluesAsync(new ListCluesRequest { PageSize = 7, PageToken = token, GravestFirst = true });
            ids.AddRange(page.Clues);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        var all = await _monitoring.Clues().ListCluesAsync(new ListCluesRequest { PageSize = 1000 });
        Assert.Equal(all.Clues.Select(clue => clue.Id).Order(StringComparer.Ordinal), ids.Select(clue => clue.Id).Order(StringComparer.Ordinal));
        Assert.Contains(ids, clue => clue.Aggravations.Count > 0);
        Assert.Equal(ids.Select(clue => clue.Aggravations.Count).OrderDescending(), ids.Select(clue => clue.Aggravations.Count));
        Assert.Equal((StatusCode.InvalidArgument, "NOT_A_TOKEN"), await MonitoringFixture.Refused(_monitoring.Clues().ListCluesAsync(
            new ListCluesRequest { GravestFirst = true, PageToken = "eA" })));
    }

    [Fact]
    public async Task Screening_sees_only_the_caller_s_division_and_tells_of_every_clue()
    {
        var numbers = await _monitoring.Database.Query<string>("select distinct left(division, 6) from clues");
        Assert.Equal([MonitoringFixture.County], numbers);
        Assert.Equal(await _monitoring.Database.Query<Guid>("select id from clues where source = 5 order by id"),
            (await _monitoring.Events("governance.monitoring.v1.ClueRaised"))
                .Select(@event => @event.GetProperty("data").GetProperty("clueId").GetGuid()).OrderBy(id => id.ToString(), StringComparer.Ordinal));
        var feed = new V1.Operations.OperationsClient(_monitoring.Officer());
        ReadEventsResponse events;
        do
        {
            // The feed waits for every older transaction on the server.
            events = await feed.ReadEventsAsync(new ReadEventsRequest { Types_ = { "governance.monitoring.v1.ClueRaised" }, Limit = 1 });
        }
        while (events.Events.Count == 0);
        Assert.Equal("CLUE_SOURCE_SCREENING", events.Events[0].Data.Fields["source"].StringValue);
    }

    [Fact]
    public async Task Aggravating_factors_are_told()
    {
        var clue = await ClueOf(Trouble.UnsafeWater, Rules.UnsafeWater.Code);
        var household = await _monitoring.Households().GetHouseholdAsync(new GetHouseholdRequest { HouseholdId = clue.HouseholdId });
        await _monitoring.Households().UpdateMemberAsync(new UpdateMemberRequest
        {
            HouseholdId = household.Id,
            Member = new V1.Member { Id = household.Members[0].Id, HealthConditions = { HealthCondition.SevereIllness },
                DisabilityGrade = 2 },
            UpdateMask = FieldMask.FromString("health_conditions,disability_grade"),
        });
        await _monitoring.Screening().RunScreeningAsync(new RunScreeningRequest());
        Assert.Equal([Aggravation.SevereIllness, Aggravation.SevereDisability],
            (await _monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = clue.Id })).Aggravations);
    }

    async Task<V1.Clue> ClueOf(Trouble trouble, string rule, int skip = 0)
    {
        var number = SampleCounty.NumberOf(InCounty.Where(index => SampleCounty.TroubleOf(index) == trouble).ElementAt(skip));
        var id = (await _monitoring.Database.Query<Guid>($"select clues.id from clues join households on households.id = household_id "
            + $"where number = '{number}' and rule = '{rule}' order by clues.create_time")).First();
        return await _monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = id.ToString() });
    }

    async Task<V1.Clue> Latest(string household, string rule)
    {
        var id = (await _monitoring.Database.Query<Guid>($"select id from clues where household_id = '{household}' and rule = '{rule}' order by create_time desc, id")).First();
        return await _monitoring.Clues().GetClueAsync(new GetClueRequest { ClueId = id.ToString() });
    }

    /// <summary>Screens and answers with how many clues of the household and rule that raised.</summary>
    async Task<int> Raised(string household, string rule)
    {
        var before = await Count();
        await _monitoring.Screening().RunScreeningAsync(new RunScreeningRequest());
        return await Count() - before;

        async Task<int> Count() => (await _monitoring.Clues().ListCluesAsync(new ListCluesRequest { HouseholdId = household,
            Rule = rule })).Clues.Count;
    }

    async Task Grade(string household, DwellingGrade grade) => await _monitoring.Households().UpdateHouseholdAsync(new UpdateHouseholdRequest
    {
        Household = new V1.Household { Id = household, DwellingGrade = grade },
        UpdateMask = FieldMask.FromString("dwelling_grade"),
    });
}
