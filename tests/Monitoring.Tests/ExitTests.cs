using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Policies;
using Governance.Platform.Procedures;
using Governance.Platform.Rules;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>The rules of exit without a database.</summary>
public sealed class ExitTests
{
    const string Village = "619901001001";

    static readonly DateOnly _today = new(2024, 4, 1);
    static readonly PolicyValue<long> _line = new(750_000, new PolicyCitation { PolicyId = "monitoring.income_line" });
    static readonly PolicyValue<int> _months = new(60, new PolicyCitation { PolicyId = "monitoring.exit.support_months" });

    static readonly StepDefinition _review = new("review", StepKind.Review, Level.Village, new Text("评议", "Review"));

    static readonly StepDefinition _vote = new("vote", StepKind.Vote, Level.Village, new Text("表决", "Vote"))
    {
        Quorum = Share.Parse("at least 2/3"), Majority = Share.Parse("over 1/2"),
    };

    static ExitCandidate Candidate(string number = "T-1") => new(Guid.CreateVersion7(), number, "赵例一", 3, Village, IsMonitored: true, DwellingGrade.A, 0,
        new YearlyIncome(4, 750_001));

    static Exit Nominated(int households = 3) => Exit.Nominate(Guid.CreateVersion7(), Village,
        Enumerable.Range(1, households).Select(number => Candidate($"T-{number}")), _line, Guid.CreateVersion7());

    static void Breaks(Rule rule, Action move) => Assert.Same(rule, Assert.Throws<RuleBrokenException>(move).Rule);

    public static TheoryData<string, bool, int, long, DwellingGrade, int> Criteria => new()
    {
        { "", true, 4, 750_001, DwellingGrade.A, 0 },
        { "", true, 4, 900_000, DwellingGrade.B, 0 },
        { Rules.ExitMonitored.Code, false, 4, 900_000, DwellingGrade.A, 0 },
        { Rules.ExitIncome.Code, true, 4, 750_000, DwellingGrade.A, 0 },
        { Rules.ExitIncome.Code, true, 3, 900_000, DwellingGrade.A, 0 },
        { Rules.ExitDwelling.Code, true, 4, 900_000, DwellingGrade.C, 0 },
        { Rules.ExitDwelling.Code, true, 4, 900_000, DwellingGrade.Unspecified, 0 },
        { Rules.ExitDwelling.Code, true, 4, 900_000, DwellingGrade.NoDwelling, 0 },
        { Rules.ExitSchooling.Code, true, 4, 900_000, DwellingGrade.A, 1 },
    };

    [Theory]
    [MemberData(nameof(Criteria))]
    public void A_household_exits_only_with_income_dwelling_and_schooling_secure(
        string broken, bool monitored, int quarters, long recorded, DwellingGrade dwelling, int outOfSchool)
    {
        var candidate = Candidate() with { IsMonitored = monitored, Dwelling = dwelling, OutOfSchool = outOfSchool, Income = new YearlyIncome(quarters, recorded) };
        if (broken.Length == 0)
            candidate.RequireCriteria(_line);
        else
            Assert.Equal(broken, Assert.Throws<RuleBrokenException>(() => candidate.RequireCriteria(_line)).Rule.Code);
    }

    [Fact]
    public void A_list_is_of_one_village() => Breaks(Rules.ExitVillage,
        () => Exit.Nominate(Guid.CreateVersion7(), "619901001002", [Candidate()], _line, Guid.CreateVersion7()));

    [Fact]
    public void A_broken_criterion_names_household_and_figures()
    {
        var broken = Assert.Throws<RuleBrokenException>(() => (Candidate("T-7") with { Income = new YearlyIncome(4, 612_345) }).RequireCriteria(_line));
        Assert.All((string[])["T-7", "6123.45", "7500.00"], figure => Assert.Contains(figure, broken.Sentence.Zh, StringComparison.Ordinal));
    }

    [Fact]
    public void Whoever_lacks_the_majority_is_struck_off_and_the_others_go_on()
    {
        var exit = Nominated();
        var held = exit.Hold(Meeting(), Votes(exit, (11, 9, 0), (10, 5, 5), (20, 0, 0)), _vote);
        Assert.Equal([ExitHouseholdState.Listed, ExitHouseholdState.Struck, ExitHouseholdState.Listed], held.Households.Select(entry => entry.State));
        Assert.Equal(("vote", new BallotCount(10, 5, 5)), (held.Households[1].StruckStep, held.Households[1].Vote));
        held.RequirePassable(_vote);

        // The count was wrong: it is taken down again, and whom it had struck off is back.
        var again = held.Hold(Meeting(), Votes(exit, (11, 9, 0), (15, 5, 0), (20, 0, 0)), _vote);
        Assert.All(again.Households, entry => Assert.True(entry.IsListed));
    }

    [Fact]
    public void Votes_are_counted_on_every_household_at_a_meeting_that_counts()
    {
        var exit = Nominated(2);
        Breaks(Rules.ExitVotes, () => exit.Hold(Meeting(), Votes(exit, (20, 0, 0)), _vote));
        Breaks(Rules.ExitVotes, () => exit.Hold(Meeting(), Votes(exit, (20, 0, 0), (18, 0, 1)), _vote));
        Breaks(Rules.ExitVotes, () => exit.Hold(Meeting(), Votes(Nominated(2), (20, 0, 0), (20, 0, 0)), _vote));
        Breaks(PlatformRules.ProcedureQuorum, () => exit.Hold(Meeting(entitled: 31), Votes(exit, (20, 0, 0), (20, 0, 0)), _vote));
        Breaks(Rules.ExitMeetingStep, () => exit.Hold(Meeting(), Votes(exit, (20, 0, 0), (20, 0, 0)), _review));
        Breaks(Rules.ExitMeetingRecorded, () => exit.RequirePassable(_vote));
    }

    [Fact]
    public void A_household_is_struck_off_once_and_an_empty_list_does_not_pass()
    {
        var exit = Nominated(1);
        var household = exit.Households[0].Household;
        var struck = exit.Strike(household, "review", "住房未验收");
        Assert.Equal(struck, struck.Strike(household, "review", "住房未验收"));
        Breaks(Rules.ExitOnList, () => struck.Strike(household, "review", "另有原因"));
        Breaks(Rules.ExitOnList, () => exit.Strike(Guid.CreateVersion7(), "review", "不在名单"));
        exit.RequirePassable(_review);
        Breaks(Rules.ExitNobodyLeft, () => struck.RequirePassable(_review));
    }

    [Fact]
    public void Approval_checks_again_and_lets_exit_who_is_left_with_support_to_come()
    {
        var exit = Nominated();
        exit = exit.Strike(exit.Households[0].Household, "review", "住房未验收");
        var listed = exit.Listed.Select(entry => Candidate(entry.Number) with { Household = entry.Household }).ToArray();
        Breaks(Rules.ExitIncome, () => exit.Approve([listed[0], listed[1] with { Income = new YearlyIncome(4, 1) }], _line, _months, _today));
        Breaks(Rules.ExitGone, () => exit.Approve([listed[0]], _line, _months, _today));
        var approved = exit.Approve(listed, _line, _months, _today);
        Assert.Equal([ExitHouseholdState.Struck, ExitHouseholdState.Exited, ExitHouseholdState.Exited], approved.Households.Select(entry => entry.State));
        Assert.Equal((ExitState.Approved, new DateOnly(2029, 4, 1)), (approved.State, approved.Approval!.SupportUntil));
        Assert.Equal(ExitState.Filed, approved.File().State);
    }

    [Fact]
    public void A_list_that_is_rejected_frees_its_households() =>
        Assert.All(Nominated().Reject().Households, entry => Assert.Equal(ExitHouseholdState.Struck, entry.State));

    static ExitMeeting Meeting(int entitled = 30) => new() { Entitled = entitled, Present = 20 };

    static Dictionary<Guid, BallotCount> Votes(Exit exit, params (int InFavour, int Against, int Abstained)[] votes) =>
        votes.Select((vote, index) => (exit.Households[index].Household, Vote: new BallotCount(vote.InFavour, vote.Against, vote.Abstained)))
            .ToDictionary(pair => pair.Household, pair => pair.Vote);
}
