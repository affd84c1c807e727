using System.Collections.Immutable;
using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform.Policies;
using Governance.Platform.Procedures;
using Governance.Platform.Rules;

namespace Governance.Monitoring;

/// <summary>What is asked of a household that is to exit, as it is known today.</summary>
sealed record ExitCandidate(Guid Household, string Number, string Householder, int MemberCount, string Division, bool IsMonitored,
    DwellingGrade Dwelling, int OutOfSchool, YearlyIncome Income)
{
    /// <summary>
    /// Throws unless the household may exit (MON-11): net income per person known for a whole year and above the year's line, a safe
    /// dwelling, no child out of school. Why a child is out of school is not recorded; that it is counts against the exit.
    /// </summary>
    public void RequireCriteria(PolicyValue<long> line)
    {
        Rules.ExitMonitored.Require(IsMonitored, Number);
        Rules.ExitIncome.Require(Income.Quarters == 4 && Income.PerCapitaNet > line.Value, Number, Income.Quarters, Texts.Yuan(Income.PerCapitaNet),
            Texts.Yuan(line.Value));
        Rules.ExitDwelling.Require(Dwelling is DwellingGrade.A or DwellingGrade.B, Number);
        Rules.ExitSchooling.Require(OutOfSchool == 0, Number, OutOfSchool);
    }
}

/// <summary>The representatives' vote on one household.</summary>
sealed record BallotCount(int InFavour, int Against, int Abstained)
{
    public int Total => InFavour + Against + Abstained;
}

/// <summary>A household of a list, as it was when it was nominated.</summary>
sealed record ExitEntry(Guid Household, string Number, string Householder, int MemberCount, long PerCapitaNet)
{
    public ExitHouseholdState State { get; init; } = ExitHouseholdState.Listed;

    public BallotCount? Vote { get; init; }

    public string StruckStep { get; init; } = "";

    public string StruckReason { get; init; } = "";

    public bool IsListed => State == ExitHouseholdState.Listed;

    public ExitEntry Strike(string step, string reason) =>
        this with { State = ExitHouseholdState.Struck, StruckStep = step, StruckReason = reason };
}

/// <summary>Until when support goes on after an exit, and by which policy.</summary>
sealed record ExitApproval(DateOnly Date, DateOnly SupportUntil, PolicyCitation Citation);

/// <summary>
/// A village's list of households that are to exit (MON-11). The list goes through the procedure as one; a household is struck off and
/// the others go on.
/// </summary>
sealed record Exit(Guid Id, string Division, Guid Procedure, PolicyCitation Citation, ImmutableArray<ExitEntry> Households)
{
    public ExitState State { get; init; } = ExitState.Nominated;

    /// <summary>The meeting without its votes, which the households have.</summary>
    public ExitMeeting? Meeting { get; init; }

    public ExitApproval? Approval { get; init; }

    public long Version { get; init; } = 1;

    public IEnumerable<ExitEntry> Listed => Households.Where(entry => entry.IsListed);

    /// <summary>The list of <paramref name="candidates"/>, once each may exit.</summary>
    public static Exit Nominate(Guid id, string division, IEnumerable<ExitCandidate> candidates, PolicyValue<long> line, Guid procedure)
    {
        var households = candidates.Select(candidate =>
        {
            Rules.ExitVillage.Require(candidate.Division == division, candidate.Number, candidate.Division);
            candidate.RequireCriteria(line);
            return new ExitEntry(candidate.Household, candidate.Number, candidate.Householder, candidate.MemberCount, candidate.Income.PerCapitaNet);
        });
        return new Exit(id, division, procedure, line.Citation, [.. households]);
    }

    /// <summary>
    /// Records the representatives' votes at <paramref name="step"/>: whoever lacks its majority is struck off. Votes that are recorded
    /// again put back whom the earlier ones had struck off.
    /// </summary>
    public Exit Hold(ExitMeeting meeting, IReadOnlyDictionary<Guid, BallotCount> votes, StepDefinition step)
    {
        Rules.ExitMeetingStep.Require(step.Kind == StepKind.Vote, step.Id);
        var asked = Households.Where(entry => entry.IsListed || entry.StruckStep == step.Id).ToDictionary(entry => entry.Household);
        Rules.ExitVotes.Require(asked.Count == votes.Count && votes.All(vote => asked.ContainsKey(vote.Key) && vote.Value.Total == meeting.Present),
            asked.Count, meeting.Present);
        PlatformRules.ProcedureQuorum.Require(step.Quorum!.Value.Holds(meeting.Present, meeting.Entitled), meeting.Present, meeting.Entitled, step.Quorum);
        return Next(this with
        {
            Meeting = meeting,
            Households = [.. Households.Select(entry => votes.TryGetValue(entry.Household, out var vote) ? Judge(entry, vote) : entry)],
        });

        ExitEntry Judge(ExitEntry entry, BallotCount vote)
        {
            var voted = entry with { State = ExitHouseholdState.Listed, Vote = vote, StruckStep = "", StruckReason = "" };
            return step.Majority!.Value.Holds(vote.InFavour, vote.Total)
                ? voted
                : voted.Strike(step.Id, $"民主评议未通过：赞成 {vote.InFavour} 票，反对 {vote.Against} 票，弃权 {vote.Abstained} 票");
        }
    }

    /// <summary>Strikes a household off at <paramref name="step"/>; whoever is struck off for the same reason already stays so.</summary>
    public Exit Strike(Guid household, string step, string reason)
    {
        var entry = Households.FirstOrDefault(entry => entry.Household == household);
        if (entry?.StruckReason == reason)
            return this;
        Rules.ExitOnList.Require(entry?.IsListed == true);
        return Next(this with { Households = Households.Replace(entry!, entry!.Strike(step, reason)) });
    }

    /// <summary>Throws unless the list may leave <paramref name="step"/>: somebody is left on it, and where it was voted on, all were.</summary>
    public void RequirePassable(StepDefinition step)
    {
        Rules.ExitNobodyLeft.Require(Listed.Any());
        Rules.ExitMeetingRecorded.Require(step.Kind != StepKind.Vote || Meeting is not null && Listed.All(entry => entry.Vote is not null));
    }

    /// <summary>
    /// The county approves, once what was asked at nomination still holds; who is left on the list exits and keeps its support for
    /// <paramref name="months"/>.
    /// </summary>
    public Exit Approve(IEnumerable<ExitCandidate> candidates, PolicyValue<long> line, PolicyValue<int> months, DateOnly today)
    {
        var known = candidates.ToDictionary(candidate => candidate.Household);
        foreach (var entry in Listed)
        {
            Rules.ExitGone.Require(known.TryGetValue(entry.Household, out var candidate), entry.Number);
            candidate!.RequireCriteria(line);
        }
        return Next(this with
        {
            State = ExitState.Approved,
            Approval = new ExitApproval(today, today.AddMonths(months.Value), months.Citation),
            Households = [.. Households.Select(entry => entry.IsListed ? entry with { State = ExitHouseholdState.Exited } : entry)],
        });
    }

    /// <summary>Announced and filed: nothing is left to do.</summary>
    public Exit File() => Next(this with { State = ExitState.Filed });

    /// <summary>The list as a whole did not pass.</summary>
    public Exit Reject() => Next(this with
    {
        State = ExitState.Rejected,
        Households = [.. Households.Select(entry => entry.IsListed ? entry.Strike("", "整份名单未获通过") : entry)],
    });

    static Exit Next(Exit changed) => changed with { Version = changed.Version + 1 };
}
