using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Personal;

namespace Governance.Monitoring;

/// <summary>Where a household lives. <paramref name="Division"/> is a village: 12 digits.</summary>
sealed record Home(string Division, Guid? Settlement, string Building, string Unit, string Room, Guid? Grid);

/// <summary>That a household is monitored, as what, and since when.</summary>
sealed record Monitored(MonitoredKind Kind, DateOnly Since);

/// <summary>The last day for a newborn's identity number, and the policy that says so.</summary>
sealed record IdentityDue(DateOnly Date, PolicyCitation Citation);

/// <summary>A person of a household. The identity number is there only sealed and hashed; birth and gender were read from it.</summary>
sealed record Member(Guid Id, string Name, ProtectedNumber Number, DateOnly Birth, V1.Gender Gender, Relation Relation)
{
    public Education Education { get; init; }

    public IReadOnlyList<HealthCondition> Health { get; init; } = [];

    /// <summary>1 (most severe) to 4; 0 without a disability.</summary>
    public int DisabilityGrade { get; init; }

    public LabourAbility Labour { get; init; }

    public Insurance Insurance { get; init; }

    public SchoolStatus School { get; init; }

    public bool Employed { get; init; }

    /// <summary>By when a newborn needs an identity number; until then its number is that of its birth certificate.</summary>
    public IdentityDue? IdentityDue { get; init; }

    public bool CanWork => Labour is LabourAbility.Full or LabourAbility.Skilled or LabourAbility.Partial;

    /// <summary>Whether this is a child of the same household as <paramref name="other"/>, one by birth certificate and one by identity number.</summary>
    public bool IsSameNewborn(Member other) =>
        (IdentityDue is null) != (other.IdentityDue is null) && (Name, Birth, Gender) == (other.Name, other.Birth, other.Gender);

    public bool IsSamePerson(Member other) => Number.Hash.AsSpan().SequenceEqual(other.Number.Hash);
}

/// <summary>
/// A household with its members. Its moves answer with the next state; the event of a move is made from it. A household is the duty
/// of the place that it lives in, wherever its members are registered (S0 三(五)).
/// </summary>
sealed record Household(Guid Id, string Number, Home Home, HouseholdCategory Category, IReadOnlyList<Member> Members)
{
    /// <summary>Where it was relocated from; empty for a local household.</summary>
    public string Origin { get; init; } = "";

    public IReadOnlyList<LowIncomeCategory> LowIncome { get; init; } = [];

    public DwellingGrade Dwelling { get; init; }

    public WaterSafety Water { get; init; }

    public Monitored? Monitored { get; init; }

    public long Version { get; init; } = 1;

    public string Division => Home.Division;

    public Member Householder => Members.Single(member => member.Relation == Relation.Householder);

    /// <summary>Registers the household, once it is fit to be.</summary>
    public Household Register() => Checked();

    /// <summary>The household with what <paramref name="change"/> makes of it.</summary>
    public Household Update(Func<Household, Household> change) => Next(change(this));

    public Household Move(Home home) => Next(this with { Home = home });

    public Household Add(Member member)
    {
        Rules.NewbornTwice.Require(!Members.Any(member.IsSameNewborn));
        // Who becomes a householder by joining replaces nobody: the other must step back first.
        return Next(this with { Members = [.. Members, member] });
    }

    /// <summary>Changes one member. A member who becomes the householder takes over from the one before, who stays as "other".</summary>
    public Household Change(Member member)
    {
        var takesOver = member.Relation == Relation.Householder && Householder.Id != member.Id;
        return Next(this with
        {
            Members = [.. Members.Select(other => other.Id == member.Id ? member
                : takesOver && other.Relation == Relation.Householder ? other with { Relation = Relation.Other }
                : other)],
        });
    }

    /// <summary>Takes a member out on a day; a householder leaves when <paramref name="successor"/> takes over.</summary>
    public Household Remove(Guid id, DateOnly day, Guid? successor = null, IReadOnlyDictionary<Guid, Relation>? relations = null)
    {
        RequireCanLeave(id, day);
        Rules.HouseholderStays.Require(Householder.Id != id || successor is not null);
        return Next(this with { Members = Related(Members.Where(member => member.Id != id), successor, relations) });
    }

    /// <summary>Throws unless the member could have left on <paramref name="day"/>.</summary>
    public void RequireCanLeave(Guid id, DateOnly day)
    {
        var birth = Members.Single(member => member.Id == id).Birth;
        Rules.LeavesAfterBirth.Require(day >= birth, Calendar.Format(birth));
    }

    /// <summary>Gives a newborn the identity number that it lacked.</summary>
    public Household Complete(Guid id, ProtectedNumber number, DateOnly birth, V1.Gender gender)
    {
        var member = Members.Single(other => other.Id == id);
        Rules.IdentityKnown.Require(member.IdentityDue is not null);
        Rules.IdentityAgrees.Require(birth == member.Birth && gender == member.Gender, Calendar.Format(member.Birth));
        return Change(member with { Number = number, IdentityDue = null });
    }

    /// <summary>
    /// Divides the household: what is left of it, and the new household of those who leave. A split clears no risk, so both are monitored
    /// when the whole was.
    /// </summary>
    public (Household Left, Household New) Split(Guid id, string number, IReadOnlyCollection<Guid> leaving, Guid householder,
        IReadOnlyDictionary<Guid, Relation> relations)
    {
        Rules.SplitStays.Require(!leaving.Contains(Householder.Id));
        Rules.SplitHouseholder.Require(leaving.Contains(householder));
        var left = Next(this with { Members = [.. Members.Where(member => !leaving.Contains(member.Id))] });
        var divided = this with { Id = id, Number = number, Members = Joining(Members.Where(member => leaving.Contains(member.Id)), householder, relations), Version = 1 };
        return (left, divided.Checked());
    }

    /// <summary>Takes in all members of <paramref name="other"/>, and its risk and low-income standing with them.</summary>
    public Household Absorb(Household other, IReadOnlyDictionary<Guid, Relation> relations)
    {
        Rules.MergeTogether.Require(other.Division == Division && other.Home.Settlement == Home.Settlement);
        return Next(this with
        {
            Members = [.. Members, .. Joining(other.Members, null, relations)],
            LowIncome = [.. LowIncome.Union(other.LowIncome).Order()],
            Monitored = Monitored is { } mine && other.Monitored is { } theirs ? mine with { Since = mine.Since < theirs.Since ? mine.Since : theirs.Since }
                : Monitored ?? other.Monitored,
        });
    }

    /// <summary>People who come into a household that was not theirs: "other" to the householder where nothing is said.</summary>
    static IReadOnlyList<Member> Joining(IEnumerable<Member> members, Guid? householder, IReadOnlyDictionary<Guid, Relation> relations) =>
        [.. members.Select(member => As(member, member.Id == householder ? Relation.Householder : relations.GetValueOrDefault(member.Id, Relation.Other)))];

    /// <summary>The members as a new householder and what is said of the others make them.</summary>
    static IReadOnlyList<Member> Related(IEnumerable<Member> members, Guid? householder, IReadOnlyDictionary<Guid, Relation>? relations) =>
    [
        .. members.Select(member => As(member, member.Id == householder ? Relation.Householder
            : relations is not null && relations.TryGetValue(member.Id, out var relation) ? relation
            : householder is not null && member.Relation == Relation.Householder ? Relation.Other
            : member.Relation)),
    ];

    // The same member stays the same object: what did not change is not saved.
    static Member As(Member member, Relation relation) => member.Relation == relation ? member : member with { Relation = relation };

    /// <summary>The household is monitored from <paramref name="today"/> on (MON-04).</summary>
    public Household Identify(MonitoredKind kind, DateOnly today)
    {
        CanBeIdentified(kind);
        return Next(this with { Monitored = new Monitored(kind, today) });
    }

    /// <summary>Throws unless the household could be monitored as <paramref name="kind"/>.</summary>
    public void CanBeIdentified(MonitoredKind kind)
    {
        Rules.NotMonitored.Require(Monitored is null);
        Rules.KindFits.Require(Fits(kind, Category));
    }

    /// <summary>The household is no longer monitored (MON-09).</summary>
    public Household Clear()
    {
        Rules.ClearMonitored.Require(Monitored is not null);
        return Next(this with { Monitored = null });
    }

    /// <summary>Whether a household of this category may be monitored as <paramref name="kind"/>.</summary>
    public static bool Fits(MonitoredKind kind, HouseholdCategory category) => kind switch
    {
        MonitoredKind.Unstable => category == HouseholdCategory.OutOfPoverty,
        MonitoredKind.Marginal => category == HouseholdCategory.General,
        _ => true,
    };

    /// <summary>The same household with its members in the order and under the ids that <paramref name="known"/> gives the same people.</summary>
    public Household AlignedTo(Household known)
    {
        var ids = known.Members.Select(member => member.Id).ToList();
        return this with
        {
            Members =
            [
                .. Members.Select(member => member with { Id = known.Members.FirstOrDefault(member.IsSamePerson)?.Id ?? member.Id })
                    .OrderBy(member => ids.IndexOf(member.Id) is var place and >= 0 ? place : int.MaxValue),
            ],
        };
    }

    /// <summary>What other services are told about it: no name, no number.</summary>
    public HouseholdFacts Facts() => new()
    {
        HouseholdId = Id.ToString(),
        SettlementId = Home.Settlement?.ToString() ?? "",
        Division = Division,
        OriginDivision = Origin,
        Category = Category,
        LowIncomeCategories = { LowIncome },
        Building = Home.Building,
        Unit = Home.Unit,
        Room = Home.Room,
        GridId = Home.Grid?.ToString() ?? "",
        DwellingGrade = Dwelling,
        MonitoredKind = Monitored?.Kind ?? MonitoredKind.Unspecified,
        MemberCount = Members.Count,
        LabourCount = Members.Count(member => member.CanWork),
        EmployedCount = Members.Count(member => member.Employed),
    };

    static Household Next(Household changed) => changed.Checked() with { Version = changed.Version + 1 };

    Household Checked()
    {
        Rules.OneHouseholder.Require(Members.Count(member => member.Relation == Relation.Householder) == 1);
        Rules.PersonTwice.Require(Members.DistinctBy(member => Convert.ToHexString(member.Number.Hash),
            StringComparer.Ordinal).Count() == Members.Count);
        Rules.KindFits.Require(Monitored is null || Fits(Monitored.Kind, Category));
        return this;
    }
}
