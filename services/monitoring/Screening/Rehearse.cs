using Governance.Monitoring.V1;
using Governance.Platform.Identity;
using Governance.Platform.Policies;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class ScreeningService
{
    public override Task<RehearseScreeningResponse> RehearseScreening(RehearseScreeningRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var (afterHousehold, afterRule) = AfterOf(page);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var date = fields.Date("date", request.Date, required: false) ?? transaction.Today;
            var tried = Changed(fields, request.Changes, division);
            fields.Check();

            await transaction.Screen(division, policies, transaction.Today);
            await transaction.KeepFindingsAsLive();
            await transaction.Screen(division, tried, date);
            await transaction.CompareFindings();

            var rules = await transaction.ComparisonOfRules();
            var households = await transaction.ComparisonOfHouseholds();
            var differences = await transaction.FindingDifferences(afterHousehold, afterRule, page.Limit);
            var next = page.Cut(differences, difference => $"{difference.Household}/{difference.Rule}");
            return new RehearseScreeningResponse
            {
                HouseholdsEntering = households.Entering,
                HouseholdsLeaving = households.Leaving,
                Rules = { ClueRules.Screening.Select(rule => Count(rule, rules.Find(count => count.Rule == rule.Rule.Code))) },
                Differences = { differences.Select(Difference) },
                NextPageToken = next,
            };

            RehearseScreeningResponse.Types.RuleCount Count(ClueRule rule, FindingComparison? count) => new()
            {
                Rule = rule.Rule.Code,
                Title = rule.Title.In(context.Locale()),
                Live = count?.Live ?? 0,
                Tried = count?.Tried ?? 0,
                Enter = count?.Enter ?? 0,
                Leave = count?.Leave ?? 0,
            };

            ScreeningDifference Difference(FindingDifference difference)
            {
                var rule = ClueRules.Of(difference.Rule);
                var (live, candidate) = (
                    rule.Cite(policies, difference.Division, transaction.Today), rule.Cite(tried, difference.Division, date));
                return new ScreeningDifference
                {
                    HouseholdId = difference.Household.ToString(),
                    Division = difference.Division,
                    Rule = difference.Rule,
                    Title = rule.Title.In(context.Locale()),
                    Enters = difference.Enters,
                    Explanation = rule.Explain(difference.Evidence, difference.Enters ? candidate : live, context.Locale()),
                    Live = live,
                    Tried = candidate,
                };
            }
        });

    /// <summary>The policies with the caller's values in place of those of the files.</summary>
    PolicyBook Changed(Fields fields, IEnumerable<PolicyChange> changes, string division)
    {
        var book = policies;
        foreach (var (change, index) in changes.Select((change, index) => (change, index)))
        {
            var policy = ClueRules.Policies.FirstOrDefault(policy => policy.Id == change.PolicyId);
            if (policy is null)
            {
                var choices = string.Join(", ", ClueRules.Policies.Select(policy => policy.Id));
                fields.Wrong($"changes[{index}].policy_id", "NOT_A_CHOICE", $"字段 changes[{index}].policy_id 必须是以下之一：{choices}。",
                    $"Field \"changes[{index}].policy_id\" must be one of {choices}.");
                continue;
            }
            var place = change.Division.Length == 0 ? division : fields.Division($"changes[{index}].division", change.Division);
            if (book.With(policy, place, change.Value) is { } changed)
                book = changed;
            else
                fields.Wrong($"changes[{index}].value", "NOT_A_VALUE", $"字段 changes[{index}].value 与该政策值的单位不符。请按政策文件的写法填写，不带单位。",
                    $"Field \"changes[{index}].value\" is no value in the policy's unit. Write it as a policy file does, without the unit.");
        }
        return book;
    }

    static (Guid Household, string Rule) AfterOf(Page page)
    {
        if (page.After.Length == 0)
            return (Guid.Empty, "");
        return page.After.Split('/') is [var household, var rule] && Guid.TryParse(household, out var id) ? (id, rule) : throw Page.NotAToken();
    }
}
