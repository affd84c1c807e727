using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class IncomesService
{
    /// <summary>More than a household could earn in a quarter; it keeps sums of millions of households far from overflow.</summary>
    internal const long MaxFen = 100_000_000_000;

    public override Task<V1.Income> RecordIncome(RecordIncomeRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var fields = new Fields();
            var household = fields.Id("household_id", request.HouseholdId);
            var income = Parse(fields, request.Income);
            fields.Check();

            var (division, members) = await transaction.HouseholdToRecordFor(household);
            income = (income with { MemberCount = members }).Record(transaction.Today);
            if (await transaction.Save(household, division, income) is { } version)
                transaction.Publish(income.Recorded(household), $"{household}/{income.Quarter.Year}Q{income.Quarter.Number}", division,
                    version);
            return ToContract(await transaction.IncomesOf(household)).First(other => other.Year == income.Quarter.Year && other.Quarter == income.Quarter.Number);
        });

    static Income Parse(Fields fields, V1.Income income) => new(
        new Quarter((int)fields.Number("income.year", income.Year, 2000, 2100),
            (int)fields.Number("income.quarter", income.Quarter, 1, 4)), 1)
    {
        Wage = fields.Number("income.wage_fen", income.WageFen, 0, MaxFen),
        Business = fields.Number("income.business_fen", income.BusinessFen, 0, MaxFen),
        Property = fields.Number("income.property_fen", income.PropertyFen, 0, MaxFen),
        Transfer = fields.Number("income.transfer_fen", income.TransferFen, 0, MaxFen),
        ProductionCost = fields.Number("income.production_cost_fen", income.ProductionCostFen, 0, MaxFen),
        RigidSpending = fields.Number("income.rigid_spending_fen", income.RigidSpendingFen, 0, MaxFen),
        Medical = fields.Number("income.medical_fen", income.MedicalFen, 0, MaxFen),
    };
}
