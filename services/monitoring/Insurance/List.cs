using Governance.Monitoring.V1;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class InsurancesService
{
    public override Task<ListInsurancesResponse> ListInsurances(ListInsurancesRequest request, ServerCallContext context) =>
        database.Transact(context, async transaction =>
        {
            var page = Page.From(request.PageSize, request.PageToken);
            var fields = new Fields();
            var division = request.Division.Length == 0 ? transaction.Caller.Division : fields.Division("division", request.Division);
            var household = fields.Id("household_id", request.HouseholdId, required: false);
            var year = request.Year == 0 ? transaction.Today.Year : (int)fields.Number("year", request.Year, 2000, 2100);
            fields.Check();

            var rates = Rates.Of(policies, division, year, transaction.Today);
            var members = await transaction.Insured(division, rates, household, request.Uninsured, page);
            var next = page.Cut(members, member => member.Member.ToString());
            return new ListInsurancesResponse { Members = { members.Select(ToContract) }, NextPageToken = next };
        });

    static InsuredMember ToContract(Insured insured) => new()
    {
        MemberId = insured.Member.ToString(),
        HouseholdId = insured.Household.ToString(),
        Division = insured.Division,
        HouseholdNumber = insured.Number,
        Insurance = insured.Insurance,
        Category = insured.Category,
        AmountFen = insured.Amount,
        Citation = insured.Citation,
        State = insured.State,
    };
}
