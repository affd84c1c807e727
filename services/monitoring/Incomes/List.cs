using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class IncomesService
{
    public override Task<ListIncomesResponse> ListIncomes(ListIncomesRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var household = fields.Id("household_id", request.HouseholdId);
            fields.Check();
            // A household out of scope has no quarters in scope either; to answer with none would say that it exists.
            await transaction.RequireHousehold(household);
            var incomes = await transaction.IncomesOf(household);
            var quarters = incomes.ConvertAll(entry => entry.Income);
            return new ListIncomesResponse
            {
                Incomes = { ToContract(incomes) },
                Years = { quarters.GroupBy(income => income.Quarter.Year).Select(year => ToContract(year.Key, [.. year])) },
                LastFourQuarters = ToContract(0, [.. YearlyIncome.LastFour(quarters, transaction.Today)]),
            };
        });
}
