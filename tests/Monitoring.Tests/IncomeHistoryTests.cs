using Governance.Monitoring.V1;
using Grpc.Core;
using Xunit;

namespace Governance.Monitoring.Tests;

/// <summary>What quarters said before, and whose are missing.</summary>
public sealed class IncomeHistoryTests(MonitoringFixture monitoring) : IClassFixture<MonitoringFixture>
{
    AsyncUnaryCall<V1.Income> Record(string household, long wage) => monitoring.Incomes().RecordIncomeAsync(new RecordIncomeRequest
    {
        HouseholdId = household, Income = new V1.Income { Year = 2024, Quarter = 1, WageFen = wage },
    });

    AsyncUnaryCall<ListIncomeRevisionsResponse> Revisions(string household, string division = MonitoringFixture.County, int quarter = 1) =>
        monitoring.Incomes(division).ListIncomeRevisionsAsync(new ListIncomeRevisionsRequest { HouseholdId = household, Year = 2024, Quarter = quarter });

    [Fact]
    public async Task A_corrected_quarter_shows_what_it_said_before_and_who_replaced_it()
    {
        var household = await monitoring.Register();
        await Record(household.Id, 100);
        await Record(household.Id, 200);
        // The same again corrects nothing.
        await Record(household.Id, 200);
        await monitoring.ImportIncomes($"户编号,年度,季度,工资性收入\n{household.Number},2024,1,3\n");
        await monitoring.Households("61").MoveHouseholdAsync(new MoveHouseholdRequest { HouseholdId = household.Id, Division = "619901001002" });

        var revisions = (await Revisions(household.Id)).Revisions;
        Assert.Equal([(300L, "", ""), (200, "tester", "ImportIncomes"), (100, "tester", "RecordIncome")],
            revisions.Select(revision => (revision.Income.WageFen, revision.ActorName, revision.Action.Split('/')[^1])));
        Assert.Equal([true, false, false], revisions.Select(revision => revision.ReplaceTime is null));
        Assert.Equal(StatusCode.NotFound, (await MonitoringFixture.Refused(Revisions(household.Id, MonitoringFixture.Neighbour))).Status);
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(Revisions(household.Id, quarter: 5))).Status);
    }

    [Fact]
    public async Task Households_whose_quarter_is_not_recorded_are_listed_page_by_page_with_the_coverage()
    {
        const string village = "619901001003";
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var household = monitoring.NewHousehold();
            (household.Division, household.SettlementId) = (village, "");
            // Income of a general household that is not monitored is not collected.
            household.Category = i == 3 ? HouseholdCategory.General : HouseholdCategory.OutOfPoverty;
            ids.Add((await monitoring.Register(household)).Id);
        }
        await Record(ids[0], 100);

        var request = new ListMissingIncomesRequest { Year = 2024, Quarter = 1, Division = village, PageSize = 1 };
        var first = await monitoring.Incomes().ListMissingIncomesAsync(request);
        Assert.Equal((ids[1], 3, 1), (Assert.Single(first.Households).HouseholdId, first.ExpectedCount, first.RecordedCount));
        request.PageToken = first.NextPageToken;
        var second = await monitoring.Incomes().ListMissingIncomesAsync(request);
        Assert.Equal((ids[2], "", 0), (Assert.Single(second.Households).HouseholdId, second.NextPageToken, second.ExpectedCount));

        var neighbour = await monitoring.Incomes(MonitoringFixture.Neighbour).ListMissingIncomesAsync(new ListMissingIncomesRequest { Year = 2024, Quarter = 1, Division = village });
        Assert.Equal((0, 0), (neighbour.Households.Count, neighbour.ExpectedCount));
        Assert.Equal((StatusCode.FailedPrecondition, Rules.QuarterOver.Code), await MonitoringFixture.Refused(
            monitoring.Incomes().ListMissingIncomesAsync(new ListMissingIncomesRequest { Year = 2024, Quarter = 2 })));
        Assert.Equal(StatusCode.InvalidArgument, (await MonitoringFixture.Refused(
            monitoring.Incomes().ListMissingIncomesAsync(new ListMissingIncomesRequest { Year = 2024, Quarter = 5 }))).Status);
    }
}
