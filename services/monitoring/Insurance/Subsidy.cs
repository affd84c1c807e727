using Governance.Common.V1;
using Governance.Funds.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Policies;

namespace Governance.Monitoring;

/// <summary>A member's subsidy of a year, confirmed by the county (MON-16). There is never a second one of the same year.</summary>
sealed record Subsidy(Guid Id, Guid Member, Guid Household, string Division, int Year, SubsidyCategory Category, long Amount,
    PolicyCitation Citation, SubsidyState State, DateOnly? StateDate, PaymentFailure Failure);

/// <summary>What a county confirmed in one go.</summary>
sealed record Confirmation(Guid Id, string Division, int Year, DateOnly Confirmed, int Subsidies = 0, long Amount = 0)
{
    /// <summary>People are insured for this year, and from autumn on for the next.</summary>
    public static Confirmation Of(Guid id, string division, int year, DateOnly today)
    {
        Rules.ConfirmYear.Require(year == today.Year || year == today.Year + 1, today.Year, today.Year + 1);
        return new Confirmation(id, division, year, today);
    }
}

/// <summary>A member who should be insured in a year, and what he or she is entitled to.</summary>
sealed record Insured(Guid Member, Guid Household, string Division, string Number, Insurance Insurance, SubsidyCategory Category, long Amount,
    PolicyCitation? Citation, SubsidyState State);

/// <summary>What is needed to say who is entitled to how much in a year: the amounts of every division, as arrays for a query.</summary>
sealed record Rates(int Year, int CurrentYear, int ChildAge, DateOnly Today, string[] Prefixes, short[] Categories, long[] Amounts, string[] Citations)
{
    /// <summary>What holds at the end of <paramref name="year"/>: a notice of spring speaks for the whole year.</summary>
    public static Rates Of(PolicyBook policies, string division, int year, DateOnly today)
    {
        var date = new DateOnly(year, 12, 31);
        (SubsidyCategory Category, Policy<long> Policy)[] categories =
        [
            (SubsidyCategory.Destitute, MonitoringPolicies.SubsidyDestitute), (SubsidyCategory.Dibao, MonitoringPolicies.SubsidyDibao),
            (SubsidyCategory.Monitored, MonitoringPolicies.SubsidyMonitored),
        ];
        (SubsidyCategory Category, string Division, PolicyValue<long> Value)[] rates =
        [
            .. policies.Places(date, categories.Select(each => each.Policy)).SelectMany(place => categories.Select(each =>
                (each.Category, place, policies.Get(each.Policy, place, date)))),
        ];
        return new Rates(year, today.Year, policies.Get(MonitoringPolicies.ChildAge, division, date).Value, today,
            Array.ConvertAll(rates, rate => rate.Division), Array.ConvertAll(rates, rate => (short)rate.Category),
            Array.ConvertAll(rates, rate => rate.Value.Value), Array.ConvertAll(rates, rate => rate.Value.Citation.ToJson()));
    }
}
